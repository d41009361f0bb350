package io.nodejoin.agent.step;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nodejoin.agent.host.FakeHost;
import io.nodejoin.agent.host.HostException;
import io.nodejoin.agent.host.HostPorts;
import io.nodejoin.agent.host.UnitState;
import io.nodejoin.agent.journal.Journal;
import io.nodejoin.agent.kill.HostTree;
import io.nodejoin.agent.plan.HostStep;
import io.nodejoin.protocol.agent.Finding;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class UndoExecutorTest {
    private static final List<HostStep> STEPS = List.of(
            new HostStep.WriteFile("/etc/fstab", "#nodejoin# swap\n", 0644, false),
            new HostStep.SwitchSwapOff("/dev/sda2"),
            new HostStep.MakeDirectory("/etc/kubernetes", 0755),
            new HostStep.WriteFile("/etc/kubernetes/ca.crt", "ca", 0644, false),
            new HostStep.SetSysctl("/proc/sys/net/ipv4/ip_forward", "1"),
            new HostStep.MakeDirectory("/var/lib/kubelet", 0750),
            new HostStep.ClaimDirectory("/var/lib/kubelet"),
            new HostStep.WriteFile("/run/token", "abcdef.0123456789abcdef", 0600, true),
            new HostStep.StartUnit("kubelet.service"));

    @TempDir
    Path root;

    @TempDir
    Path state;

    private FakeHost temporary;
    private HostPorts host;
    private Journal journal;

    @BeforeEach
    void makeHost() {
        temporary = new FakeHost(root);
        temporary.text("/etc/fstab", "/dev/sda2 none swap sw 0 0\n");
        temporary.text("/proc/swaps", "Filename Type Size Used Priority\n/dev/sda2 partition 1 0 -2\n");
        host = temporary.parts();
        journal = Journal.open(state.resolve("journal"));
    }

    private Map<String, String> tree() {
        return HostTree.read(root);
    }

    @Test
    void shouldRestoreTheTreeAndStopWhatWasStarted() {
        // given
        Map<String, String> before = tree();
        new StepExecutor(host, journal).apply(STEPS, _ -> {});
        host.files().write("/var/lib/kubelet/kubeconfig", "made by the kubelet".getBytes(StandardCharsets.UTF_8), 0600);

        // when
        List<Finding> residue = new UndoExecutor(host, journal).undoAll();

        // then
        assertThat(residue).isEmpty();
        assertThat(tree()).isEqualTo(before);
        assertThat(temporary.calls()).contains("swapoff /dev/sda2", "swapon /dev/sda2", "stop kubelet.service");
    }

    @Test
    void shouldUndoChangesOfAnEarlierProcessThatCrashed() {
        // given
        Map<String, String> before = tree();
        new StepExecutor(host, journal).apply(STEPS.subList(0, 5), _ -> {});
        journal.close();

        // when
        Journal reopened = Journal.open(state.resolve("journal"));
        List<Finding> residue = new UndoExecutor(host, reopened).undoAll();

        // then
        assertThat(residue).isEmpty();
        assertThat(tree()).isEqualTo(before);
    }

    @Test
    void shouldRestoreTheStateBeforeTheFirstOfSeveralRuns() {
        // given a start that was killed and done again: the second time finds what the first one has written
        Map<String, String> before = tree();
        new StepExecutor(host, journal).apply(STEPS.subList(0, 7), _ -> {});
        new StepExecutor(host, journal).apply(STEPS, _ -> {});

        // when
        List<Finding> residue = new UndoExecutor(host, journal).undoAll();

        // then
        assertThat(residue).isEmpty();
        assertThat(tree()).isEqualTo(before);
    }

    @Test
    void shouldKeepWhatOthersAddedToAFileSince() {
        // given
        new StepExecutor(host, journal).apply(STEPS, _ -> {});
        temporary.text("/etc/fstab", "/dev/sdb1 /data ext4\n#nodejoin# swap\n/dev/sdc1 /logs ext4\n");

        // when
        List<Finding> residue = new UndoExecutor(host, journal).undoAll();

        // then
        assertThat(residue).isEmpty();
        assertThat(host.files().read("/etc/fstab"))
                .contains("/dev/sdb1 /data ext4\n/dev/sda2 none swap sw 0 0\n/dev/sdc1 /logs ext4\n"
                        .getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void shouldNotRestoreAFileThatOthersEditedWhereItWasChanged() {
        // given
        new StepExecutor(host, journal).apply(STEPS, _ -> {});
        temporary.text("/etc/fstab", "/dev/sdb1 none swap\n");

        // when
        List<Finding> residue = new UndoExecutor(host, journal).undoAll();

        // then
        assertThat(residue)
                .singleElement()
                .satisfies(finding ->
                        assertThat(finding.toString()).contains("/etc/fstab was edited where it had been changed"));
        assertThat(host.files().read("/etc/fstab")).contains("/dev/sdb1 none swap\n".getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void shouldKeepEditsOfOthersAfterAResetWithOtherResidue() {
        // given
        new StepExecutor(host, journal).apply(STEPS, _ -> {});
        temporary.text("/etc/kubernetes/of-somebody-else", "kept");
        List<Finding> residue = new UndoExecutor(host, journal).undoAll();
        temporary.text("/etc/fstab", "LABEL=swap none swap sw 0 0\n");
        new StepExecutor(host, journal).apply(STEPS, _ -> {});

        // when
        new UndoExecutor(host, journal).undoAll();

        // then
        assertThat(residue).isNotEmpty();
        assertThat(host.files().read("/etc/fstab"))
                .contains("LABEL=swap none swap sw 0 0\n".getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void shouldRestoreTheModeOfAFileWhoseContentIsRight() throws IOException {
        // given
        Files.setPosixFilePermissions(root.resolve("etc/fstab"), PosixFilePermissions.fromString("rw-rw----"));
        Map<String, String> before = tree();
        HostStep sameContent = new HostStep.WriteFile("/etc/fstab", "/dev/sda2 none swap sw 0 0\n", 0644, false);
        new StepExecutor(host, journal).apply(List.of(sameContent), _ -> {});

        // when
        List<Finding> residue = new UndoExecutor(host, journal).undoAll();

        // then
        assertThat(residue).isEmpty();
        assertThat(tree()).isEqualTo(before);
    }

    @Test
    void shouldRestoreSetuidSetgidAndStickyBits() throws IOException {
        // given
        Files.setAttribute(root.resolve("etc/fstab"), "unix:mode", 02640);
        temporary.directory("etc/kubernetes");
        Files.setAttribute(root.resolve("etc/kubernetes"), "unix:mode", 03755);
        Map<String, String> before = tree();
        new StepExecutor(host, journal).apply(STEPS, _ -> {});

        // when
        List<Finding> residue = new UndoExecutor(host, journal).undoAll();

        // then
        assertThat(residue).isEmpty();
        assertThat(tree()).isEqualTo(before);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldRestoreTheOwnerOfAFile(boolean editedSince) throws IOException {
        // given
        Path fstab = root.resolve("etc/fstab");
        giveToSomebody(fstab);
        Files.setAttribute(fstab, "unix:mode", 02660);
        Map<String, String> before = tree();
        new StepExecutor(host, journal).apply(STEPS, _ -> {});
        if (editedSince) {
            temporary.text("/etc/fstab", "/dev/sda2 none swap sw 0 0\n");
        }

        // when
        List<Finding> residue = new UndoExecutor(host, journal).undoAll();

        // then
        assertThat(residue).isEmpty();
        assertThat(tree()).isEqualTo(before);
    }

    private static void giveToSomebody(Path file) throws IOException {
        Assumptions.assumeTrue(Files.getAttribute(file, "unix:uid").equals(0), "only root may give files to others");
        Files.setAttribute(file, "unix:uid", 1234);
        Files.setAttribute(file, "unix:gid", 2345);
    }

    @ParameterizedTest
    @CsvSource({
        "inactive, enabled,  stop u.service",
        "active,   disabled, disable u.service",
        "inactive, disabled, stop u.service",
    })
    void shouldUndoOnlyTheStateOfAUnitThatTheJoinChanged(String active, String unitFile, String taken) {
        // given
        temporary.unit("u.service", new UnitState("loaded", active, "dead", "success", unitFile, 0));
        new StepExecutor(host, journal).apply(List.of(new HostStep.StartUnit("u.service")), _ -> {});

        // when
        List<Finding> residue = new UndoExecutor(host, journal).undoAll();

        // then
        assertThat(residue).isEmpty();
        assertThat(temporary.calls()).endsWith(taken, "reload");
        UnitState after =
                host.systemd().unitStates(List.of("u.service")).getOrDefault("u.service", UnitState.NOT_FOUND);
        assertThat(after.isActive()).isEqualTo(active.equals("active"));
        assertThat(after.isEnabled()).isEqualTo(unitFile.equals("enabled"));
    }

    @Test
    void shouldNotChangeAUnitThatRanAndStartedAtBoot() {
        // given
        temporary.unit("u.service", FakeHost.running("enabled"));
        new StepExecutor(host, journal).apply(List.of(new HostStep.StartUnit("u.service")), _ -> {});

        // when
        new UndoExecutor(host, journal).undoAll();

        // then
        assertThat(temporary.calls()).endsWith("start u.service");
    }

    @ParameterizedTest
    @CsvSource({"enabled", "disabled"})
    void shouldKeepAUnitRunningWhoseRestartWasInterrupted(String unitFile) {
        // given a process that was killed between stop and start, and one that has done the rest
        temporary.unit("u.service", FakeHost.running(unitFile));
        List<HostStep> restart = List.of(new HostStep.StopUnit("u.service"), new HostStep.StartUnit("u.service"));
        StepExecutor executor = new StepExecutor(host, journal);
        assertThatThrownBy(() -> executor.apply(restart, _ -> temporary.withoutBus()))
                .isInstanceOf(HostException.class);
        temporary.withBus();
        executor.apply(restart.subList(1, 2), _ -> {});

        // when
        List<Finding> residue = new UndoExecutor(host, journal).undoAll();

        // then
        assertThat(residue).isEmpty();
        UnitState after =
                host.systemd().unitStates(List.of("u.service")).getOrDefault("u.service", UnitState.NOT_FOUND);
        assertThat(after.isActive()).isTrue();
        assertThat(after.isEnabled()).isEqualTo(unitFile.equals("enabled"));
    }

    @Test
    void shouldReportTheResetAlthoughItCannotBeRecorded() {
        // given
        Map<String, String> before = tree();
        new StepExecutor(host, journal).apply(STEPS, _ -> {});
        journal.close();

        // when
        List<Finding> residue = new UndoExecutor(host, journal).undoAll();

        // then
        assertThat(residue).isEmpty();
        assertThat(tree()).isEqualTo(before);
    }

    @Test
    void shouldRestoreTheTargetOfALinkFromBeforeTheJoin() throws IOException {
        // given a kubelet that has moved its link to a certificate of its own
        Path pki = root.resolve("var/lib/kubelet/pki");
        temporary.directory("var/lib/kubelet/pki");
        temporary.text("/var/lib/kubelet/pki/kubelet-client-2025.pem", "earlier");
        Path current =
                Files.createSymbolicLink(pki.resolve("kubelet-client-current.pem"), Path.of("kubelet-client-2025.pem"));
        Map<String, String> before = tree();
        new StepExecutor(host, journal).apply(List.of(new HostStep.ClaimDirectory("/var/lib/kubelet/pki")), _ -> {});
        temporary.text("/var/lib/kubelet/pki/kubelet-client-2026.pem", "of the join");
        Files.delete(current);
        Files.createSymbolicLink(current, Path.of("kubelet-client-2026.pem"));

        // when
        List<Finding> residue = new UndoExecutor(host, journal).undoAll();

        // then
        assertThat(residue).isEmpty();
        assertThat(tree()).isEqualTo(before);
    }

    @Test
    void shouldRestoreTheLinksBeforeTheFirstOfSeveralRuns() throws IOException {
        // given a start that was done again when the kubelet had made a link of its own
        temporary.directory("var/lib/kubelet");
        Map<String, String> before = tree();
        StepExecutor executor = new StepExecutor(host, journal);
        executor.apply(List.of(new HostStep.ClaimDirectory("/var/lib/kubelet")), _ -> {});
        Files.createSymbolicLink(root.resolve("var/lib/kubelet/current"), Path.of("of-the-join"));
        executor.apply(List.of(new HostStep.ClaimDirectory("/var/lib/kubelet")), _ -> {});

        // when
        List<Finding> residue = new UndoExecutor(host, journal).undoAll();

        // then
        assertThat(residue).isEmpty();
        assertThat(tree()).isEqualTo(before);
    }

    @Test
    void shouldReportALinkWhoseTargetCannotBeRestored() throws IOException {
        // given
        temporary.directory("var/lib/kubelet");
        Path link = Files.createSymbolicLink(root.resolve("var/lib/kubelet/link"), Path.of("earlier"));
        new StepExecutor(host, journal).apply(List.of(new HostStep.ClaimDirectory("/var/lib/kubelet")), _ -> {});
        Files.delete(link);
        temporary.directory("var/lib/kubelet/link/of-somebody");

        // when
        List<Finding> residue = new UndoExecutor(host, journal).undoAll();

        // then
        assertThat(residue)
                .singleElement()
                .satisfies(left -> assertThat(left.detail()).contains("/var/lib/kubelet/link"));
        assertThat(link).isDirectory();
    }

    @Test
    void shouldDeleteAllButABusyMountAndReportIt() {
        // given
        temporary.directory("var/lib/kubelet");
        new StepExecutor(host, journal).apply(List.of(new HostStep.ClaimDirectory("/var/lib/kubelet")), _ -> {});
        temporary.directory("var/lib/kubelet/pods/a/busy");
        temporary.directory("var/lib/kubelet/pods/b/volume");
        temporary.directory("var/lib/kubelet/pki");
        temporary.text("/var/lib/kubelet/pki/key", "of the kubelet");
        temporary.text("/var/lib/kubelet/pods/a/token", "of a pod");
        temporary.text("/var/lib/kubelet/pods/a/busy/data", "of somebody");
        temporary.mounted("/var/lib/kubelet/pods/b/volume");
        temporary.busyMount("/var/lib/kubelet/pods/a/busy");
        temporary.mounted("/var/lib/kubelet/pods/a/busy/inner");

        // when
        List<Finding> residue = new UndoExecutor(host, journal).undoAll();

        // then
        assertThat(residue)
                .singleElement()
                .satisfies(left -> assertThat(left.detail())
                        .isEqualTo("'claim /var/lib/kubelet' is not undone: 'umount /var/lib/kubelet/pods/a/busy'"
                                + " failed: umount: /var/lib/kubelet/pods/a/busy: target is busy."));
        assertThat(host.files().mountsBelow("/var/lib/kubelet")).containsExactly("/var/lib/kubelet/pods/a/busy");
        assertThat(tree().keySet().stream().filter(path -> path.startsWith("var/lib/kubelet/")))
                .containsExactly(
                        "var/lib/kubelet/",
                        "var/lib/kubelet/pods/",
                        "var/lib/kubelet/pods/a/",
                        "var/lib/kubelet/pods/a/busy/",
                        "var/lib/kubelet/pods/a/busy/data");
        assertThat(journal.changes()).isNotEmpty();
    }

    @Test
    void shouldKeepMountsFromBeforeTheJoin() {
        // given
        temporary.directory("var/lib/kubelet/plugins");
        temporary.text("/var/lib/kubelet/plugins/data", "of its owner");
        temporary.mounted("/var/lib/kubelet/plugins");
        new StepExecutor(host, journal).apply(List.of(new HostStep.ClaimDirectory("/var/lib/kubelet")), _ -> {});
        temporary.mounted("/var/lib/kubelet/plugins");
        temporary.mounted("/var/lib/kubelet/plugins/volume");

        // when
        List<Finding> residue = new UndoExecutor(host, journal).undoAll();

        // then
        assertThat(residue).isEmpty();
        assertThat(host.files().mountsBelow("/var/lib/kubelet")).containsExactly("/var/lib/kubelet/plugins");
        assertThat(host.files().read("/var/lib/kubelet/plugins/data")).isPresent();
    }

    @Test
    void shouldReportADirectoryWithFilesOfOthers() {
        // given
        new StepExecutor(host, journal).apply(STEPS, _ -> {});
        host.files().write("/etc/kubernetes/mine", new byte[0], 0600);

        // when
        List<Finding> residue = new UndoExecutor(host, journal).undoAll();

        // then
        assertThat(residue)
                .singleElement()
                .satisfies(left -> assertThat(left.detail())
                        .isEqualTo("'make /etc/kubernetes' is not undone: /etc/kubernetes is still there with"
                                + " [mine]"));
    }

    @Test
    void shouldChangeNothingOnACleanHostOrTheSecondTime() {
        // given
        new StepExecutor(host, journal).apply(STEPS, _ -> {});
        UndoExecutor undo = new UndoExecutor(host, journal);
        undo.undoAll();
        List<String> calls = temporary.calls();

        // when
        List<Finding> residue = undo.undoAll();

        // then
        assertThat(residue).isEmpty();
        assertThat(temporary.calls()).isEqualTo(calls);
    }

    @Test
    void shouldReportWhatCannotBeUndone() throws IOException {
        // given
        new StepExecutor(host, journal).apply(STEPS, _ -> {});
        Files.delete(root.resolve("etc/fstab"));
        Files.createSymbolicLink(root.resolve("etc/fstab"), root.resolve("run"));

        // when
        List<Finding> residue = new UndoExecutor(host, journal).undoAll();

        // then
        assertThat(residue).extracting(Finding::detail).anyMatch(detail -> detail.contains("/etc/fstab"));
        assertThat(journal.changes()).isNotEmpty();
    }

    @Test
    void shouldKeepSecretsOutOfTheJournal() throws IOException {
        // when
        new StepExecutor(host, journal).apply(STEPS, _ -> {});

        // then
        assertThat(state.resolve("journal")).content().contains("/run/token").doesNotContain("0123456789abcdef");
    }
}

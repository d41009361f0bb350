package io.nodejoin.agent.plan;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nodejoin.agent.host.FakeHost;
import io.nodejoin.agent.host.HostException;
import io.nodejoin.agent.host.UnitState;
import io.nodejoin.agent.journal.Journal;
import io.nodejoin.agent.plan.HostStep.MaskUnit;
import io.nodejoin.agent.plan.HostStep.StopUnit;
import io.nodejoin.agent.plan.HostStep.SwitchSwapOff;
import io.nodejoin.agent.plan.HostStep.WriteFile;
import io.nodejoin.agent.step.StepExecutor;
import io.nodejoin.agent.step.UndoExecutor;
import io.nodejoin.protocol.agent.Finding;
import io.nodejoin.protocol.agent.HostSettings;
import io.nodejoin.protocol.agent.SwapPolicy;
import io.nodejoin.protocol.event.HostProfile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class SwapSourcesTest {
    private static final String SWAPS = "Filename Type Size Used Priority\n";
    private static final String OWN = "[Swap]\nWhat=/swapfile\n[Install]\nWantedBy=swap.target\n";

    @TempDir
    Path root;

    @TempDir
    Path state;

    private FakeHost host;
    private Journal journal;

    @BeforeEach
    void makeHost() {
        host = new FakeHost(root);
        for (String directory : List.of(
                "run/systemd/generator", "run/systemd/generator.late", "usr/lib/systemd", "usr/lib/systemd/system")) {
            host.directory(directory);
        }
        journal = Journal.open(state.resolve("journal"));
    }

    private void on(String... devices) {
        StringBuilder swaps = new StringBuilder(SWAPS);
        for (String device : devices) {
            swaps.append(device).append(" partition 1 0 -2\n");
        }
        host.text("/proc/swaps", swaps.toString());
    }

    private List<HostStep> plan() {
        return plan(HostSettings.DEFAULT);
    }

    /** The steps that concern swap. */
    private List<HostStep> plan(HostSettings settings) {
        Profile profile = Profile.of(HostProfile.CONTAINERD, settings, null);
        List<HostStep> steps = HostPlans.create(host, profile).steps();
        return steps.subList(0, steps.indexOf(new HostStep.MakeDirectory("/etc/modules-load.d", 0755)));
    }

    @ParameterizedTest
    @CsvSource({
        "/dev/sda2, dev-sda2.swap",
        "/dev/dm-1, dev-dm\\x2d1.swap",
        "/dev/zram0, dev-zram0.swap",
        "/swapfile, swapfile.swap",
        "/var/lib/swap file, var-lib-swap\\x20file.swap"
    })
    void shouldSwitchOffEveryKindOfDeviceAndMaskItsUnit(String device, String unit) {
        // given
        on(device.replace(" ", "\\040"));

        // when
        List<HostStep> steps = plan();

        // then
        assertThat(steps).containsExactly(new MaskUnit(unit), new SwitchSwapOff(device));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/dev/sda2 none swap sw 0 0",
                "UUID=6a3f none\tswap\tdefaults",
                "  LABEL=swap swap swap pri=5",
                "/swapfile none swap sw,nofail 0 0"
            })
    void shouldDisableEveryFormOfSwapLineInFstab(String line) {
        // given
        host.text("/etc/fstab", "/dev/sda1 / ext4\n" + line + "\n/dev/sdb1 /mnt/swap ext4\n");

        // when
        List<HostStep> steps = plan();

        // then
        assertThat(steps)
                .containsExactly(new WriteFile(
                        "/etc/fstab",
                        "/dev/sda1 / ext4\n#nodejoin# " + line + "\n/dev/sdb1 /mnt/swap ext4\n",
                        0644,
                        false));
    }

    @Test
    void shouldNotEditAnFstabThatIsNotUtf8() throws IOException {
        // given
        host.text("/etc/fstab", "");
        Files.write(root.resolve("etc/fstab"), "/dev/sda1 /m\u00fcll ext4\n/dev/sda2 none swap\n".getBytes(ISO_8859_1));

        // when, then
        assertThatThrownBy(this::plan)
                .isInstanceOf(HostException.class)
                .hasMessageContaining("/etc/fstab is not UTF-8");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/run/systemd/generator/dev-disk-by\\x2duuid-6a3f.swap",
                "/run/systemd/generator.late/dev-sda3.swap",
                "/run/systemd/generator/dev-zram0.swap",
                "/usr/lib/systemd/system/swapfile.swap"
            })
    void shouldMaskUnitsOfGeneratorsAndPackagesEvenIfTheirSwapIsOff(String file) {
        // given
        host.text(file, "[Swap]\nWhat=somewhere\n");

        // when
        List<HostStep> steps = plan();

        // then
        assertThat(steps).containsExactly(new MaskUnit(file.substring(file.lastIndexOf('/') + 1)));
    }

    @Test
    void shouldPreventAUnitOfTheAdministratorFromStarting() {
        // given
        on("/swapfile");
        host.text("/etc/systemd/system/swapfile.swap", OWN);

        // when
        List<HostStep> steps = plan();

        // then
        assertThat(steps)
                .containsExactly(
                        new WriteFile(
                                "/etc/systemd/system/swapfile.swap",
                                OWN
                                        + "\n# Nodejoin: a node of this cluster has no swap.\n[Unit]\nConditionPathExists=!/\n",
                                0644,
                                false),
                        new SwitchSwapOff("/swapfile"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "zramswap.service",
                "zram-config.service",
                "swapspace.service",
                "dphys-swapfile.service",
                "systemd-swap.service"
            })
    void shouldStopAServiceThatEnablesSwapAfterItsDeviceIsOff(String service) {
        // given
        on("/dev/zram0");
        host.unit(service, FakeHost.running("enabled"));

        // when
        List<HostStep> steps = plan();

        // then
        assertThat(steps)
                .containsExactly(
                        new MaskUnit("dev-zram0.swap"),
                        new SwitchSwapOff("/dev/zram0"),
                        new StopUnit(service),
                        new MaskUnit(service));
    }

    @Test
    void shouldMaskAServiceThatWouldEnableSwapAtTheNextBoot() {
        // given
        host.unit("zramswap.service", new UnitState("loaded", "inactive", "dead", "success", "enabled", 0));

        // when
        List<HostStep> steps = plan();

        // then
        assertThat(steps).containsExactly(new MaskUnit("zramswap.service"));
    }

    @ParameterizedTest
    @EnumSource(
            value = SwapPolicy.class,
            names = {"NO_SWAP", "LIMITED_SWAP"})
    void shouldNotChangeSwapIfTheClusterAllowsIt(SwapPolicy policy) {
        // given
        on("/dev/sda2");
        host.text("/etc/fstab", "/dev/sda2 none swap sw 0 0\n");
        host.unit("zramswap.service", FakeHost.running("enabled"));

        // when
        List<HostStep> steps = plan(new HostSettings(policy, null, null));

        // then
        assertThat(steps).isEmpty();
    }

    @Test
    void shouldEnableTheConfiguredSwapAfterABootThatRenamedTheDevice() {
        // given swap with a random key, which is another device at each boot
        on("/dev/dm-0");
        host.text("/etc/fstab", "/dev/mapper/swap none swap sw 0 0\n");
        new StepExecutor(host.parts(), journal).apply(plan(), _ -> {});
        host.boot("second");
        host.text("/dev/dm-0", "a file system by now");
        on();
        host.unmade("/dev/dm-0");
        host.whenStarted("swap.target", () -> on("/dev/dm-1"));

        // when
        List<Finding> residue = new UndoExecutor(host.parts(), journal).undoAll();

        // then
        assertThat(residue).isEmpty();
        assertThat(host.parts().files().read("/proc/swaps").map(bytes -> new String(bytes, UTF_8)))
                .contains(SWAPS + "/dev/dm-1 partition 1 0 -2\n");
        assertThat(host.calls())
                .containsSubsequence("unmask dev-dm\\x2d0.swap", "reload", "start swap.target")
                .doesNotContain("swapon /dev/dm-0");
    }

    @Test
    void shouldStartTheUnitThatCreatesTheDeviceWhichItsStopDeleted() {
        // given compressed memory, which systemd resets as it stops its swap
        on("/dev/zram0");
        host.text("/dev/zram0", "");
        new StepExecutor(host.parts(), journal).apply(plan(), _ -> {});
        host.unmade("/dev/zram0");
        host.whenStarted("swap.target", () -> on("/dev/zram0"));

        // when
        List<Finding> residue = new UndoExecutor(host.parts(), journal).undoAll();

        // then
        assertThat(residue).isEmpty();
        assertThat(host.calls()).containsSubsequence("unmask dev-zram0.swap", "reload", "start swap.target");
    }

    @Test
    void shouldReportADeviceOfThisBootThatStaysOff() {
        // given
        on("/dev/sda2");
        host.text("/dev/sda2", "");
        new StepExecutor(host.parts(), journal).apply(plan(), _ -> {});
        host.unmade("/dev/sda2");

        // when
        List<Finding> residue = new UndoExecutor(host.parts(), journal).undoAll();

        // then
        assertThat(residue)
                .singleElement()
                .satisfies(left -> assertThat(left.detail())
                        .isEqualTo("'switch swap off on /dev/sda2' is not undone: 'swapon /dev/sda2' failed: swapon:"
                                + " /dev/sda2: read swap header failed"));
    }

    @Test
    void shouldNotReportADeviceThatIsGone() {
        // given
        on("/dev/zram0");
        new StepExecutor(host.parts(), journal).apply(plan(), _ -> {});
        host.unmade("/dev/zram0");

        // when
        List<Finding> residue = new UndoExecutor(host.parts(), journal).undoAll();

        // then
        assertThat(residue).isEmpty();
    }

    @Test
    void shouldPlanNothingOnceAllSwapIsOffAndUndoAllOfIt() throws IOException {
        // given
        on("/dev/zram0", "/swapfile");
        String fstab = "/swapfile none swap sw 0 0\n";
        host.text("/etc/fstab", fstab);
        host.text("/etc/systemd/system/swapfile.swap", OWN);
        host.text("/run/systemd/generator/dev-zram0.swap", "[Swap]\nWhat=/dev/zram0\n");
        host.unit("zramswap.service", FakeHost.running("enabled"));
        new StepExecutor(host.parts(), journal).apply(plan(), _ -> {});
        on();
        List<HostStep> left = plan();
        on("/dev/zram0", "/swapfile");

        // when
        List<Finding> residue = new UndoExecutor(host.parts(), journal).undoAll();

        // then
        assertThat(left).isEmpty();
        assertThat(residue).isEmpty();
        assertThat(Files.readString(root.resolve("etc/fstab"))).isEqualTo(fstab);
        assertThat(Files.readString(root.resolve("etc/systemd/system/swapfile.swap")))
                .isEqualTo(OWN);
        assertThat(root.resolve("etc/systemd/system/zramswap.service")).doesNotExist();
        assertThat(host.calls()).containsSubsequence("unmask zramswap.service", "restart zramswap.service");
    }
}

package io.nodejoin.agent.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.nodejoin.agent.facts.HostProbe;
import io.nodejoin.agent.facts.KubeletBinary;
import io.nodejoin.agent.host.CommandResult;
import io.nodejoin.agent.host.FakeHost;
import io.nodejoin.agent.host.HostException;
import io.nodejoin.agent.host.HostPorts;
import io.nodejoin.agent.host.RootedHostFiles;
import io.nodejoin.agent.host.SystemctlSystemd;
import io.nodejoin.agent.journal.Journal;
import io.nodejoin.agent.key.KubeletKey;
import io.nodejoin.agent.kill.HostTree;
import io.nodejoin.agent.preflight.HostChecks;
import io.nodejoin.agent.step.StepExecutor;
import io.nodejoin.agent.step.UndoExecutor;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.agent.ArtifactDigest;
import io.nodejoin.protocol.agent.Finding;
import io.nodejoin.protocol.agent.HostCommand;
import io.nodejoin.protocol.agent.HostResult;
import io.nodejoin.protocol.agent.TlsBootstrap;
import io.nodejoin.protocol.event.HostProfile;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a host does with a command that it cannot do: a code that says why, a remedy, and never half of the command. */
class HostFaultTest {
    private static final String DIGEST = "0a".repeat(32);
    private static final HostCommand PREFLIGHT = new HostCommand.Preflight(
            HostProfile.CONTAINERD,
            "v1.37.2",
            URI.create("https://10.0.0.1:6443"),
            null,
            List.of(new ArtifactDigest("sha256:" + DIGEST)),
            null,
            null);
    private static final HostCommand PREPARE =
            new HostCommand.PrepareHost(HostProfile.CONTAINERD, TlsBootstrap.AGENT, null, null);

    @TempDir
    private Path root;

    @TempDir
    private Path state;

    private SmallFileSystem disk;
    private FakeHost host;
    private @Nullable CommandResult systemctl;

    @BeforeEach
    void makeHost() {
        disk = new SmallFileSystem(root);
        furnish();
    }

    private void furnish() {
        host = new FakeHost(root);
        host.answer("sha256sum", DIGEST + " */usr/local/bin/kubelet\n");
        host.text("/etc/fstab", "/dev/sda2 none swap sw 0 0\n");
    }

    @AfterEach
    void unmount() throws Exception {
        disk.unmount();
    }

    static List<Row> preflights() {
        return List.of(
                new Row(
                        "another kubelet",
                        ErrorCode.ARTIFACT_DIGEST_MISMATCH,
                        "0b0b",
                        test -> test.host.answer("sha256sum", "0b".repeat(32) + " */usr/local/bin/kubelet\n")),
                new Row(
                        "no systemctl",
                        ErrorCode.HOST_PREFLIGHT_FAILED,
                        "there is no systemctl (apt-get install",
                        test -> test.host.without("/usr/bin/systemctl")),
                new Row(
                        "another init",
                        ErrorCode.HOST_PREFLIGHT_FAILED,
                        "is run by something else, not by systemd",
                        test -> test.host.withoutSystemd()),
                new Row(
                        "a read-only /etc",
                        ErrorCode.HOST_DISK_FULL,
                        "then mount -o remount,rw",
                        test -> test.host.text(
                                "/proc/1/mounts",
                                "/dev/vda / ext4 rw 0 0\n/dev/vdb /etc ext4 ro 0 0\ntmpfs /run tmpfs rw 0 0\n")),
                new Row(
                        "a full disk",
                        ErrorCode.HOST_DISK_FULL,
                        "(free space",
                        test -> test.host.answer("stat", "9 4096 90000000 900000 1000000 /var/lib\n")));
    }

    static List<Row> preparations() {
        return List.of(
                new Row(
                        "a link for a directory",
                        ErrorCode.HOST_PATH_UNSAFE,
                        "/etc/sysctl.d is a link",
                        test -> Files.createSymbolicLink(test.root.resolve("etc/sysctl.d"), test.root.resolve("run"))),
                new Row(
                        "a link for a file",
                        ErrorCode.HOST_PATH_UNSAFE,
                        "90-nodejoin.conf is no regular file",
                        test -> {
                            test.host.directory("etc/sysctl.d");
                            Files.createSymbolicLink(
                                    test.root.resolve("etc/sysctl.d/90-nodejoin.conf"),
                                    test.root.resolve("etc/machine-id"));
                        }),
                new Row(
                        "a file for a directory",
                        ErrorCode.HOST_PATH_UNSAFE,
                        "/etc/kubernetes is a",
                        test -> Files.createFile(test.root.resolve("etc/kubernetes"))),
                new Row(
                        "a directory that is everybody's",
                        ErrorCode.HOST_PATH_UNSAFE,
                        "can be written to by others",
                        test -> Files.setAttribute(test.root.resolve("var/lib"), "unix:mode", 0777)),
                new Row(
                        "no systemctl",
                        ErrorCode.HOST_COMMAND_FAILED,
                        "'systemctl show",
                        test -> test.systemctl = new CommandResult.NotStarted("cannot run systemctl")),
                new Row(
                        "no D-Bus",
                        ErrorCode.HOST_COMMAND_FAILED,
                        "Failed to connect to bus",
                        test -> test.systemctl = new CommandResult.Exited(1, "Failed to connect to bus: no such file")),
                new Row("a read-only root", ErrorCode.HOST_DISK_FULL, "Read-only file system", test -> {
                    test.disk.mount();
                    test.furnish();
                    test.disk.makeReadOnly();
                }));
    }

    @ParameterizedTest
    @MethodSource("preflights")
    void shouldRefuseBeforeAnythingIsChanged(Row row) throws Exception {
        // given
        row.fault().on(this);
        Map<String, String> before = HostTree.read(root);

        // when
        HostResult result = perform(PREFLIGHT, journal());

        // then
        assertFailed(result, row);
        assertThat(HostTree.read(root)).isEqualTo(before);
    }

    @ParameterizedTest
    @MethodSource("preparations")
    void shouldReportTheFailureAndRestoreTheHost(Row row) throws Exception {
        // given
        row.fault().on(this);
        Map<String, String> before = HostTree.read(root);

        // when
        HostResult result;
        List<Finding> residue;
        try (Journal journal = journal()) {
            result = perform(PREPARE, journal);
            residue = new UndoExecutor(parts(), journal).undoAll();
        }

        // then
        assertFailed(result, row);
        assertThat(residue).isEmpty();
        assertThat(HostTree.read(root)).isEqualTo(before);
    }

    private static void assertFailed(HostResult result, Row row) {
        assertThat(result).isInstanceOfSatisfying(HostResult.HostFailed.class, failed -> {
            assertThat(failed.problem().code()).isEqualTo(row.code());
            assertThat(failed.problem().toLine())
                    .contains(row.told(), row.code().remedy());
        });
    }

    /** One page more is left each time, until the host can be prepared: each write is once the one that fills the disk. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldUndoWhicheverWriteFillsTheDisk(boolean journalToo) throws Exception {
        disk.mount();
        furnish();
        Path journalFile = (journalToo ? root : state).resolve("journal");
        Map<String, String> before = HostTree.read(root);
        HostResult result = new HostResult.HostReset(false, null, List.of());
        int pages = 0;
        while (!(result instanceof HostResult.HostPrepared)) {
            // given
            disk.leave(pages);
            pages++;

            // when
            List<Finding> residue;
            try (Journal journal = Journal.open(journalFile)) {
                result = perform(PREPARE, journal);
                residue = new UndoExecutor(parts(), journal).undoAll();
            }

            // then
            if (result instanceof HostResult.HostFailed failed) {
                assertThat(failed.problem().code()).isEqualTo(ErrorCode.HOST_DISK_FULL);
            }
            disk.empty();
            try (Journal readable = Journal.open(journalFile)) {
                assertThat(readable.changes()).isEmpty();
            }
            Files.delete(journalFile);
            assertThat(residue).as("with %s pages", pages).isEmpty();
            assertThat(HostTree.read(root)).as("with %s pages", pages).isEqualTo(before);
        }
        assertThat(pages).isGreaterThan(2);
    }

    private Journal journal() {
        return Journal.open(state.resolve("journal"));
    }

    private HostResult perform(HostCommand command, Journal journal) throws InterruptedException {
        HostPorts ports = parts();
        KubeletBinary binary = new KubeletBinary(ports.commands(), ports.files());
        HostProbe probe = new HostProbe(ports, binary);
        try {
            return command instanceof HostCommand.PrepareHost prepare
                    ? new PrepareHost(
                                    probe, new StepExecutor(ports, journal), new KubeletKey(new RootedHostFiles(state)))
                            .execute(prepare, (_, _) -> {})
                    : new Preflight(
                                    new HostChecks(ports, probe, binary, _ -> Optional.of(Instant.now()), Set.of()),
                                    probe)
                            .execute((HostCommand.Preflight) command);
        } catch (HostException e) {
            return new HostResult.HostFailed(e.problem(), List.of(), e.log());
        }
    }

    private HostPorts parts() {
        HostPorts ports = host.parts();
        CommandResult always = systemctl;
        return always == null
                ? ports
                : new HostPorts(
                        ports.commands(),
                        ports.files(),
                        new SystemctlSystemd((_, _) -> always, ports.files()),
                        ports.network(),
                        ports.clock());
    }

    /** What is wrong with a host, and what a join is told. */
    record Row(String what, ErrorCode code, String told, HostFault fault) {
        @Override
        public String toString() {
            return what;
        }
    }

    private interface HostFault {
        void on(HostFaultTest test) throws Exception;
    }
}

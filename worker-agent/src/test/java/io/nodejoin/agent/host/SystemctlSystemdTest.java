package io.nodejoin.agent.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SystemctlSystemdTest {
    private static final String DIRECTORY = "/etc/systemd/system/docker.service.d";
    private static final String VENDORS = "/usr/lib/systemd/system/docker.service";
    private static final String OWN = "/etc/systemd/system/docker.service";

    @TempDir
    private Path root;

    private final List<String> commands = new ArrayList<>();
    private String loaded = "";
    private HostFiles files;
    private Systemd systemd;

    @BeforeEach
    void makeHost() {
        files = new FakeHost(root).parts().files();
        systemd = new SystemctlSystemd(this::run, files);
    }

    private CommandResult run(List<String> command, Duration timeout) {
        commands.add(command.get(1));
        return new CommandResult.Exited(0, command.get(1).equals("show") ? loaded : "");
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {
                // needed, fragment, drop-in loaded, drop-in present, own file present, reloads
                "no,  usr, -, -, false, false",
                "yes, usr, -, -, false, true",
                "no,  usr, -, a, false, true",
                "no,  usr, a, a, false, false",
                "no,  usr, a, -, false, true",
                "no,  usr, -, -, true,  true",
                "no,  etc, -, -, true,  false",
            })
    void shouldReloadUnitFilesBeforeAStartOnlyIfSystemdRequiresIt(
            String needed, String place, String read, String present, boolean ownFile, boolean reloads) {
        // given
        loaded = "NeedDaemonReload=%s\nFragmentPath=%s\nDropInPaths=/run/x.conf %s\n"
                .formatted(
                        needed,
                        place.equals("etc") ? OWN : VENDORS,
                        read == null ? "" : DIRECTORY + "/" + read + ".conf");
        if (present != null) {
            files.createDirectory(DIRECTORY, 0755);
            write(DIRECTORY + "/" + present + ".conf");
        }
        if (ownFile) {
            write(OWN);
        }

        // when
        systemd.enableAndStart("docker.service");

        // then
        assertThat(commands)
                .isEqualTo(
                        reloads
                                ? List.of("show", "daemon-reload", "start", "enable")
                                : List.of("show", "start", "enable"));
    }

    private void write(String path) {
        files.write(path, "[Service]".getBytes(StandardCharsets.UTF_8), 0644);
    }

    @Test
    void shouldNotStopAMissingUnit() {
        // given
        loaded = "LoadState=not-found\nActiveState=inactive\nSubState=dead\nResult=success\nUnitFileState=\n";

        // when
        systemd.stop("kubelet.service");

        // then
        assertThat(commands).containsExactly("show");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "LoadState=loaded\nActiveState=active\n", "LoadState=loaded\n\nActiveState=active\n"})
    void shouldNotReportAUnitAsMissingThatSystemdDoesNotReport(String answer) {
        // given
        loaded = answer;

        // when
        ThrowingCallable show = () -> systemd.unitStates(List.of("containerd.service", "kubelet.service"));

        // then
        assertThatThrownBy(show)
                .isInstanceOf(HostException.class)
                .hasMessageStartingWith("HOST_COMMAND_FAILED: 'systemctl show' says nothing about");
    }

    @Test
    void shouldNotDisableAUnitWhoseFileIsDeletedBeforeTheReload() {
        // given
        List<String> verbs = new ArrayList<>();
        Systemd behind = new SystemctlSystemd(
                (command, _) -> {
                    verbs.add(command.get(1));
                    String state = verbs.contains("daemon-reload") ? "not-found" : "loaded";
                    return new CommandResult.Exited(
                            0,
                            "NeedDaemonReload=yes\nFragmentPath=/etc/systemd/system/kubelet.service\nLoadState=" + state
                                    + "\nActiveState=inactive\nSubState=dead\nResult=success\nUnitFileState=\n");
                },
                files);

        // when
        behind.disableAndStop("kubelet.service");

        // then
        assertThat(verbs).containsExactly("show", "daemon-reload", "show");
    }

    @Test
    void shouldReportWhichCommandFailedAndWhy() {
        // given
        Systemd refusing =
                new SystemctlSystemd((_, _) -> new CommandResult.Exited(1, "Failed to connect to bus"), files);

        // when
        ThrowingCallable reload = refusing::daemonReload;

        // then
        assertThatThrownBy(reload)
                .hasMessage("HOST_COMMAND_FAILED: 'systemctl daemon-reload' failed: Failed to connect to bus");
    }

    @ParameterizedTest
    @CsvSource({"resources, 2, 3", "resources, 3, ", "exit-code, 1, "})
    void shouldRetryTheStartOfAUnitWhoseProcessCouldNotBeCreated(
            String result, int failures, @Nullable Integer startedAtTry) {
        // given
        AtomicInteger tries = new AtomicInteger();
        Systemd failing = new SystemctlSystemd(
                (command, _) -> {
                    boolean starts = command.get(1).equals("start");
                    return new CommandResult.Exited(
                            starts && tries.incrementAndGet() <= failures ? 1 : 0,
                            "LoadState=loaded\nResult=" + result);
                },
                files);

        // when
        Throwable refusal = catchThrowable(() -> failing.enableAndStart("docker.service"));

        // then
        assertThat(tries).hasValue(startedAtTry == null ? failures : startedAtTry);
        assertThat(refusal == null).isEqualTo(startedAtTry != null);
    }

    @Test
    void shouldReportTheLastLinesOfAUnitThatDoesNotStart() {
        // given
        Systemd refusing = new SystemctlSystemd(
                (command, _) -> switch (command.getFirst() + " " + command.get(1)) {
                    case "systemctl start" ->
                        new CommandResult.Exited(1, "Job for docker.service failed because a timeout was exceeded.");
                    case "journalctl --no-pager" -> new CommandResult.Exited(0, "first line\nlast line\n");
                    default -> new CommandResult.Exited(0, "LoadState=loaded\n");
                },
                files);

        // when
        ThrowingCallable start = () -> refusing.enableAndStart("docker.service");

        // then
        assertThatThrownBy(start).isInstanceOfSatisfying(HostException.class, failure -> {
            assertThat(failure.problem().detail()).contains("'systemctl start -- docker.service'", "timeout");
            assertThat(failure.log()).containsExactly("first line", "last line");
        });
    }
}

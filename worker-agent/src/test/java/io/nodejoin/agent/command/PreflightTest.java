package io.nodejoin.agent.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.nodejoin.agent.facts.HostProbe;
import io.nodejoin.agent.facts.KubeletBinary;
import io.nodejoin.agent.host.FakeHost;
import io.nodejoin.agent.host.HostPorts;
import io.nodejoin.agent.preflight.HostChecks;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.agent.Finding;
import io.nodejoin.protocol.agent.HostCommand;
import io.nodejoin.protocol.agent.HostResult;
import io.nodejoin.protocol.event.HostProfile;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class PreflightTest {
    private static final HostCommand.Preflight COMMAND = new HostCommand.Preflight(
            HostProfile.CONTAINERD, "v1.37.2", URI.create("https://10.0.0.1:6443"), null, List.of(), null, null);

    @TempDir
    private Path root;

    private FakeHost temporary;
    private Duration serverAhead = Duration.ZERO;

    @BeforeEach
    void makeHost() {
        temporary = new FakeHost(root);
    }

    private HostResult preflight() throws InterruptedException {
        HostPorts host = temporary.parts();
        KubeletBinary binary = new KubeletBinary(host.commands(), host.files());
        HostProbe probe = new HostProbe(host, binary);
        Function<URI, Optional<Instant>> clock = _ -> Optional.of(Instant.now().plus(serverAhead));
        return new Preflight(new HostChecks(host, probe, binary, clock, Set.of()), probe).execute(COMMAND);
    }

    @Test
    void shouldPassAHostThatHasEverything() throws InterruptedException {
        // when
        HostResult result = preflight();

        // then
        assertThat(result)
                .isInstanceOfSatisfying(
                        HostResult.PreflightPassed.class,
                        passed -> assertThat(passed.findings()).isEmpty());
    }

    @Test
    void shouldReportSeveralFailuresInOne() throws InterruptedException {
        // given
        temporary.network().occupy(10250);
        temporary.without("/dev/kmsg");
        serverAhead = Duration.ofMinutes(10);

        // when
        HostResult result = preflight();

        // then
        assertThat(result).isInstanceOfSatisfying(HostResult.HostFailed.class, failed -> {
            assertThat(failed.problem().code()).isEqualTo(ErrorCode.HOST_PREFLIGHT_FAILED);
            assertThat(failed.problem().detail())
                    .contains(
                            "kernel-log: there is no /dev/kmsg", "clock-skew: ", "port: TCP port 10250 is in use (end");
            assertThat(failed.findings())
                    .extracting(Finding::name)
                    .containsExactlyInAnyOrder("kernel-log", "clock-skew", "port");
        });
    }

    @Test
    void shouldReportAHostWithoutSystemd() throws InterruptedException {
        // given
        temporary.text("/etc/os-release", "ID=alpine\nVERSION_ID=3.22.1\nPRETTY_NAME=\"Alpine Linux v3.22\"\n");
        temporary.text("/proc/1/comm", "init\n");
        temporary.without("/usr/bin/systemctl");
        temporary.without("/usr/bin/journalctl");
        temporary.withoutSystemd();

        // when
        HostResult result = preflight();

        // then
        assertThat(result).isInstanceOfSatisfying(HostResult.HostFailed.class, failed -> {
            assertThat(failed.problem().code()).isEqualTo(ErrorCode.HOST_PREFLIGHT_FAILED);
            assertThat(failed.problem().detail())
                    .contains(
                            "systemd: Alpine Linux v3.22 is run by init, not by systemd (use a distribution with systemd",
                            "programs: there is no systemctl; there is no journalctl");
            assertThat(failed.findings())
                    .extracting(Finding::name)
                    .containsExactlyInAnyOrder("systemd", "programs", "operating-system", "time-sync");
        });
    }

    @ParameterizedTest
    @MethodSource("oneFailure")
    void shouldReportTheCodeOfItsOnlyFailure(OneFailure failure) throws InterruptedException {
        // given
        failure.way().accept(this);

        // when
        HostResult result = preflight();

        // then
        assertThat(result)
                .isInstanceOfSatisfying(
                        HostResult.HostFailed.class,
                        failed -> assertThat(failed.problem().code()).isEqualTo(failure.code()));
    }

    /** One thing that is wrong with a host, and the code of a join that it ends. */
    record OneFailure(ErrorCode code, Consumer<PreflightTest> way) {
        @Override
        public String toString() {
            return code.name();
        }
    }

    static List<OneFailure> oneFailure() {
        return List.of(
                new OneFailure(ErrorCode.HOST_CLOCK_SKEW, test -> test.serverAhead = Duration.ofMinutes(-2)),
                new OneFailure(
                        ErrorCode.HOST_CANNOT_REACH_API_SERVER,
                        test -> test.temporary.network().cutOff("10.0.0.1")),
                new OneFailure(
                        ErrorCode.HOST_DISK_FULL,
                        test -> test.temporary.answer("stat", "9 4096 90000000 90000 100000 /var/lib")),
                new OneFailure(ErrorCode.KUBELET_INSECURE, PreflightTest::openTheReadOnlyPort),
                new OneFailure(
                        ErrorCode.HOST_PREFLIGHT_FAILED,
                        test -> test.temporary.network().forgetOwnName()));
    }

    private void openTheReadOnlyPort() {
        temporary.directory("etc/kubernetes/kubelet.conf.d");
        temporary.text("/etc/kubernetes/kubelet.conf.d/1.conf", "kind: KubeletConfiguration\nreadOnlyPort: 10255\n");
    }
}

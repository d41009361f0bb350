package io.nodejoin.agent.preflight;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.nodejoin.agent.facts.HostProbe;
import io.nodejoin.agent.facts.KubeletBinary;
import io.nodejoin.agent.host.FakeHost;
import io.nodejoin.agent.host.HostPorts;
import io.nodejoin.protocol.agent.CgroupDriver;
import io.nodejoin.protocol.agent.ContainerdSettings;
import io.nodejoin.protocol.agent.Finding;
import io.nodejoin.protocol.agent.Finding.Severity;
import io.nodejoin.protocol.agent.HostSettings;
import io.nodejoin.protocol.agent.SwapPolicy;
import io.nodejoin.protocol.event.HostProfile;
import java.net.URI;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What the settings of a cluster change in the checks of its hosts. */
class ClusterSettingsChecksTest {
    private static final HostExpectation JOIN = HostExpectation.of(HostProfile.CONTAINERD);
    private static final String CONFIG = "/etc/containerd/config.toml";
    private static final String CONTAINERD = """
            version = 2
            [plugins."io.containerd.grpc.v1.cri"]
              sandbox_image = "localhost/pause:1"
              [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
                SystemdCgroup = true
            """;

    @TempDir
    private Path root;

    private FakeHost host;

    @BeforeEach
    void makeHost() {
        host = new FakeHost(root);
        host.directory("etc/containerd");
        host.text(CONFIG, CONTAINERD);
        host.answer("ctr", "localhost/pause:1\n");
        host.answer("containerd", "containerd github.com/containerd/containerd 1.7.24 1.7.24\n");
    }

    private HostChecks checks() {
        HostPorts ports = host.parts();
        KubeletBinary binary = new KubeletBinary(ports.commands(), ports.files());
        Function<URI, Optional<Instant>> clock = _ -> Optional.of(Instant.now());
        return new HostChecks(ports, new HostProbe(ports, binary), binary, clock, Set.of());
    }

    private List<CheckReport> look(HostExpectation expected) throws InterruptedException {
        return checks().runAll(expected);
    }

    private static Set<String> failed(List<CheckReport> outcomes) {
        return outcomes.stream()
                .filter(checkReport -> checkReport.result() instanceof CheckResult.Failed)
                .map(checkReport -> checkReport.check().name())
                .collect(Collectors.toSet());
    }

    private static HostExpectation with(SwapPolicy policy) {
        return with(new HostSettings(policy, null, null));
    }

    private static HostExpectation with(HostSettings settings) {
        return new HostExpectation(HostProfile.CONTAINERD, null, null, null, List.of(), settings, null, null);
    }

    private static HostExpectation with(@Nullable CgroupDriver driver, @Nullable String image) {
        return with(new HostSettings(null, new ContainerdSettings(driver, image, Map.of()), null));
    }

    @Test
    void shouldCheckTheSandboxImageThatTheJoinConfigures() throws InterruptedException {
        // given
        HostChecks checks = checks();
        checks.precompute(HostExpectation.of(HostProfile.CONTAINERD));

        // when
        List<CheckReport> outcomes = checks.runForJoin(with(null, "registry.example/pause:3.10"));

        // then
        assertThat(outcomes.stream()
                        .filter(checkReport -> checkReport.check().name().equals("sandbox-image"))
                        .flatMap(checkReport -> checkReport.finding().stream()))
                .extracting(Finding::detail)
                .containsExactly("containerd does not have the image registry.example/pause:3.10");
    }

    @Test
    void shouldIgnoreACgroupDriverThatTheJoinWillSet() throws InterruptedException {
        // given
        host.text(CONFIG, CONTAINERD.replace("true", "false"));
        HostChecks checks = checks();
        checks.precompute(HostExpectation.of(HostProfile.CONTAINERD));

        // when
        List<CheckReport> outcomes = checks.runForJoin(with(CgroupDriver.SYSTEMD, null));

        // then
        assertThat(failed(outcomes)).isEmpty();
    }

    @Test
    void shouldNotQueryTheDriverThatTheConfigurationSets() throws InterruptedException {
        // given
        host.text(CONFIG, CONTAINERD.replace("true", "false"));
        host.answer("containerd", "containerd github.com/containerd/containerd/v2 v2.1.4 75cb\n");

        // when
        List<CheckReport> outcomes = look(JOIN);

        // then
        assertThat(failed(outcomes)).isEmpty();
    }

    @Test
    void shouldRejectAContainerdConfigurationThatTheSettingsCannotBeMergedInto() throws InterruptedException {
        // given
        host.text(CONFIG, CONTAINERD.replace("version = 2", "version = 2\nimports = [\"/etc/other.toml\"]"));

        // when
        List<CheckReport> outcomes = look(with(CgroupDriver.SYSTEMD, null));

        // then
        assertThat(failed(outcomes)).containsExactly("containerd-settings");
    }

    @ParameterizedTest
    @EnumSource(SwapPolicy.class)
    void shouldCheckSwapOnlyIfTheClusterForbidsIt(SwapPolicy policy) throws InterruptedException {
        // given
        host.text("/proc/swaps", "Filename Type Size Used Priority\n/dev/zram0 partition 1 0 100\n");

        // when
        List<CheckReport> outcomes = look(with(policy));

        // then
        assertThat(failed(outcomes).contains("swap")).isEqualTo(policy == SwapPolicy.OFF);
    }

    @ParameterizedTest
    @EnumSource(SwapPolicy.class)
    void shouldRejectLimitedSwapWithoutCgroupV2(SwapPolicy policy) throws InterruptedException {
        // given
        host.without("/sys/fs/cgroup/cgroup.controllers");

        // when
        List<CheckReport> outcomes = look(with(policy));

        // then
        assertThat(failed(outcomes).contains("swap-policy")).isEqualTo(policy == SwapPolicy.LIMITED_SWAP);
    }

    @Test
    void shouldRequireThePluginsOfABridgeAndNoOtherNetwork() throws InterruptedException {
        // given
        host.text("/opt/cni/bin/bridge", "");
        host.text("/opt/cni/bin/portmap", "");
        host.directory("etc/cni/net.d");
        host.text("/etc/cni/net.d/10-calico.conflist", "{}");
        HostExpectation bridged = new HostExpectation(
                HostProfile.CONTAINERD, null, null, null, List.of(), HostSettings.DEFAULT, "10.244.3.0/24", null);

        // when
        List<CheckReport> outcomes = look(bridged);

        // then
        assertThat(outcomes.stream().flatMap(checkReport -> checkReport.finding().stream()))
                .extracting(Finding::name, Finding::severity, Finding::detail)
                .containsExactlyInAnyOrder(
                        tuple(
                                "pod-bridge",
                                Severity.ERROR,
                                "the plugin host-local is in none of [/opt/cni/bin, /usr/lib/cni, /usr/libexec/cni]"),
                        tuple(
                                "pod-network",
                                Severity.WARNING,
                                "/etc/cni/net.d/10-calico.conflist is there, so the host gets no bridge"));
    }
}

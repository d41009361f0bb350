package io.nodejoin.agent.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nodejoin.agent.host.FakeHost;
import io.nodejoin.agent.journal.Journal;
import io.nodejoin.agent.kubelet.CriEndpoint;
import io.nodejoin.agent.step.StepExecutor;
import io.nodejoin.agent.step.UndoExecutor;
import io.nodejoin.protocol.agent.Finding;
import io.nodejoin.protocol.event.HostProfile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DockerProfileTest {
    private static final Profile PROFILE = Profile.of(HostProfile.DOCKER);
    private static final String DROP_IN = "/etc/systemd/system/docker.service.d/90-nodejoin.conf";
    private static final String UNIT = "/usr/lib/systemd/system/docker.service";
    private static final String RULES = """
            -P PREROUTING ACCEPT
            -N DOCKER
            -N SITE
            -A PREROUTING -m addrtype --dst-type LOCAL -j DOCKER
            -A PREROUTING -p tcp -j SITE
            -A POSTROUTING -s 172.17.0.0/16 ! -o docker0 -j MASQUERADE
            -A DOCKER -i docker0 -j RETURN
            """;

    @TempDir
    private Path root;

    @TempDir
    private Path state;

    private FakeHost host;

    @BeforeEach
    void makeHostWithDockerAsItComes() {
        host = new FakeHost(root);
        host.directory("usr/lib/systemd/system");
        host.directory("sys/class/net");
        host.text(UNIT, "[Service]\nExecStart=/usr/sbin/dockerd -H fd:// \\\n  $DOCKER_OPTS\nExecReload=/bin/kill\n");
        host.text("/sys/class/net/docker0", "");
        host.unit("docker.service", FakeHost.running("enabled"));
        host.answer("iptables", RULES);
    }

    private HostPlan plan() {
        return HostPlans.create(host, PROFILE);
    }

    private String text(String path) {
        return host.parts()
                .files()
                .read(path)
                .map(bytes -> new String(bytes, StandardCharsets.UTF_8))
                .orElse("");
    }

    @Test
    void shouldRemoveTheNetworkOfDockerWhileItIsStopped() {
        // given
        HostPlan plan = plan();

        // when
        List<String> names = plan.steps().stream().map(HostStep::name).toList();

        // then
        assertThat(names)
                .endsWith(
                        "stop docker.service",
                        "make /etc/systemd/system/docker.service.d",
                        "write " + DROP_IN,
                        "remove from table nat: PREROUTING -m addrtype --dst-type LOCAL -j DOCKER",
                        "remove from table nat: POSTROUTING -s 172.17.0.0/16 ! -o docker0 -j MASQUERADE",
                        "remove from table nat: DOCKER -i docker0 -j RETURN",
                        "remove from table nat: chain DOCKER",
                        "delete link docker0",
                        "start docker.service");
    }

    @Test
    void shouldKeepTheCommandOfTheVendorAndNotChangeItsUnit() {
        // given
        String vendor = text(UNIT);

        // when
        new StepExecutor(host.parts(), Journal.open(state.resolve("journal"))).apply(plan().steps(), _ -> {});

        // then
        assertThat(text(DROP_IN)).isEqualTo("""
                [Service]
                ExecStart=
                ExecStart=/usr/sbin/dockerd -H fd://  $DOCKER_OPTS --bridge=none --iptables=false --ip-masq=false
                """);
        assertThat(text(UNIT)).isEqualTo(vendor);
        assertThat(host.calls())
                .contains(
                        "iptables --wait --table nat --delete POSTROUTING -s 172.17.0.0/16 ! -o docker0 -j MASQUERADE",
                        "iptables --wait --table nat --delete-chain DOCKER",
                        "ip link delete dev docker0");
    }

    @Test
    void shouldPlanNothingOnAHostInTheDesiredState() {
        // given
        HostPlan before = plan();
        new StepExecutor(host.parts(), Journal.open(state.resolve("journal"))).apply(before.steps(), _ -> {});
        host.without("/sys/class/net/docker0");
        host.answer("iptables", "-P PREROUTING ACCEPT\n-N SITE\n-A PREROUTING -p tcp -j SITE\n");

        // when
        HostPlan after = plan();

        // then
        assertThat(after.steps()).isEmpty();
        assertThat(after.digest()).isEqualTo(before.digest());
    }

    @Test
    void shouldRestartDockerAfterItsDropInIsDeleted() {
        // given
        Journal journal = Journal.open(state.resolve("journal"));
        new StepExecutor(host.parts(), journal).apply(plan().steps(), _ -> {});

        // when
        List<Finding> residue = new UndoExecutor(host.parts(), journal).undoAll();

        // then
        assertThat(residue).isEmpty();
        assertThat(host.parts().files().exists("/etc/systemd/system/docker.service.d"))
                .isFalse();
        assertThat(host.calls()).endsWith("restart docker.service", "reload");
    }

    @Test
    void shouldOnlyStartAStoppedDocker() {
        // given
        new StepExecutor(host.parts(), Journal.open(state.resolve("journal"))).apply(plan().steps(), _ -> {});
        host.without("/sys/class/net/docker0");
        host.answer("iptables", "");
        host.parts().systemd().stop("docker.service");

        // when
        List<HostStep> steps = plan().steps();

        // then
        assertThat(steps).containsExactly(new HostStep.StartUnit("docker.service"));
    }

    @Test
    void shouldReportThatThereIsNoDocker() {
        // given
        host.without(UNIT);

        // when
        ThrowingCallable plan = this::plan;

        // then
        assertThatThrownBy(plan)
                .hasMessageContaining("HOST_PREPARE_FAILED")
                .hasMessageContaining("no unit docker.service")
                .hasMessageContaining(UNIT);
    }

    @ParameterizedTest
    @CsvSource({
        "-N DOCKER, true",
        "-N DOCKER-USER, true",
        "-A POSTROUTING -s 172.18.0.0/16 ! -o br-0123456789ab -j MASQUERADE, true",
        "-A PREROUTING -j KUBE-SERVICES, false",
        "-A POSTROUTING -o br-lan -j MASQUERADE, false",
        "-N MYDOCKER, false",
    })
    void shouldDistinguishRulesOfDocker(String rule, boolean own) {
        // when
        boolean dockers = DesiredState.NoDockerRules.isDockerRule(rule);

        // then
        assertThat(dockers).isEqualTo(own);
    }

    @Test
    void shouldUseCriDockerdOnlyIfDockerIsPrepared() {
        // given
        host.text("/run/cri-dockerd.sock", "");
        CriEndpoint unprepared = CriEndpoint.detect(host.parts().files());
        new StepExecutor(host.parts(), Journal.open(state.resolve("journal"))).apply(plan().steps(), _ -> {});

        // when
        CriEndpoint prepared = CriEndpoint.detect(host.parts().files());

        // then
        assertThat(unprepared).isEqualTo(CriEndpoint.CONTAINERD);
        assertThat(prepared).isEqualTo(CriEndpoint.CRI_DOCKERD);
    }

    @Test
    void shouldNotListIptablesRulesWithoutDocker() {
        // when
        boolean asks =
                HostPlan.queries(Profile.of(HostProfile.CONTAINERD)).tables().isEmpty();

        // then
        assertThat(asks).isTrue();
    }
}

package io.nodejoin.testbed.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.nodejoin.protocol.Phase;
import io.nodejoin.protocol.event.HostProfile;
import io.nodejoin.protocol.event.JoinCancelRequested;
import io.nodejoin.protocol.event.JoinCancelled;
import io.nodejoin.protocol.event.JoinSucceeded;
import io.nodejoin.testbed.TestBed;
import io.nodejoin.testbed.client.HostFixture;
import io.nodejoin.testbed.client.JoinRequestProducer;
import io.nodejoin.testbed.host.Host;
import io.nodejoin.testbed.host.HostSpec;
import io.nodejoin.testbed.process.Parallel;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.parallel.ResourceAccessMode;
import org.junit.jupiter.api.parallel.ResourceLock;

/** Booted hosts with Docker as Debian brings it: its bridge is up and its rules are in the nat table. */
@Tag("full")
@ResourceLock(value = BootedBed.SHARED, mode = ResourceAccessMode.READ)
class DockerProfileE2E {
    private static final Duration TIMEOUT = Duration.ofSeconds(60);

    private final SecureRandom random = new SecureRandom();

    @RegisterExtension
    private final BootedBed booted = BootedBed.shared("hosts with Docker are");

    private final TestBed bed = booted.bed();

    @Test
    void shouldTakeTheNetworkFromDockerForAJoinAndGiveItBackAfterACancelledOne() {
        // given
        HostFixture staying = HostFixture.create("staying", false, random);
        HostFixture leaving = HostFixture.create("leaving", false, random);
        List<Host> hosts = Parallel.run(List.<Supplier<Host>>of(() -> boot(staying), () -> boot(leaving)));
        Host joined = hosts.getFirst();
        Host reset = hosts.getLast();
        HostState before = HostState.read(reset);

        // when
        try (OutcomeLog outcomes = new OutcomeLog(bed.kafka().bootstrapServers());
                JoinRequestProducer producer =
                        new JoinRequestProducer(bed.kafka().bootstrapServers())) {
            producer.send(
                    staying.joinRequest(SharedBed.CLUSTER, joined.address(), HostProfile.DOCKER, List.of()),
                    SharedBed.recordKey(staying.node()));
            producer.send(
                    leaving.joinRequest(
                            SharedBed.CLUSTER, reset.address(), HostProfile.DOCKER, List.of("nodejoin.io/never")),
                    SharedBed.recordKey(leaving.node()));
            outcomes.awaitPhase(leaving.node(), Phase.KubeletStarted);
            hasNoNetworkOfDocker(reset);
            producer.send(
                    new JoinCancelRequested(SharedBed.CLUSTER, leaving.node(), null, null),
                    SharedBed.recordKey(leaving.node()));
            outcomes.awaitOutcome(staying.node(), JoinSucceeded.class);
            JoinCancelled end = outcomes.awaitOutcome(leaving.node(), JoinCancelled.class);
            assertThat(end.residue()).isEmpty();
        }

        // then
        hasNoNetworkOfDocker(joined);
        hasBeenPreparedExactly(joined);
        ManualSteps.verify(joined, bed);
        await("docker0 again").atMost(TIMEOUT).until(() -> hasBridge(reset));
        assertThat(HostState.read(reset).differencesFrom(before)).isEmpty();
    }

    private Host boot(HostFixture fixture) {
        Host host = booted.addHost(HostSpec.named(fixture.node().value(), fixture.secret())
                .withoutEarlyPreparation()
                .with(HostProfile.DOCKER));
        await("Docker on " + fixture.node())
                .atMost(TIMEOUT)
                .until(() ->
                        host.run("systemctl", "is-active", "docker.service").succeeded());
        assertThat(hasBridge(host)).isTrue();
        assertThat(rules(host)).contains("-N DOCKER", "docker0");
        ManualSteps.prepareHost(host);
        return host;
    }

    private static boolean hasBridge(Host host) {
        return host.run("ip", "link", "show", "docker0").succeeded();
    }

    private static String rules(Host host) {
        return host.run("iptables", "-t", "nat", "-S").orFail().output();
    }

    private static void hasNoNetworkOfDocker(Host host) {
        assertThat(hasBridge(host)).as("docker0 on " + host.name()).isFalse();
        assertThat(rules(host)).doesNotContain("DOCKER", "docker0");
        assertThat(host.run("systemctl", "show", "-p", "ExecStart", "--value", "docker.service")
                        .output())
                .contains("/usr/sbin/dockerd -H fd://", "--bridge=none --iptables=false --ip-masq=false");
        assertThat(host.run("systemctl", "is-active", "docker.service").output())
                .isEqualTo("active\n");
    }

    private static void hasBeenPreparedExactly(Host host) {
        assertThat(host.run("nodejoin-agent", "plan", "--profile", "docker").output())
                .contains("nothing is left to do");
        assertThat(host.run("ss", "-Htln", "sport", "=", ":10255").output()).isEmpty();
    }
}

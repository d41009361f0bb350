package io.nodejoin.testbed.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.nodejoin.protocol.Phase;
import io.nodejoin.protocol.join.HostProfile;
import io.nodejoin.protocol.join.JoinCancelRequested;
import io.nodejoin.protocol.join.JoinCancelled;
import io.nodejoin.protocol.join.JoinSucceeded;
import io.nodejoin.testbed.TestBed;
import io.nodejoin.testbed.demo.HostWish;
import io.nodejoin.testbed.demo.JoinRequests;
import io.nodejoin.testbed.host.Host;
import io.nodejoin.testbed.host.HostSpec;
import io.nodejoin.testbed.process.Together;
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
    private static final Duration SOON = Duration.ofSeconds(60);

    private final SecureRandom random = new SecureRandom();

    @RegisterExtension
    private final BootedBed booted = BootedBed.shared("hosts with Docker are");

    private final TestBed bed = booted.bed();

    @Test
    void shouldTakeTheNetworkFromDockerForAJoinAndGiveItBackAfterACancelledOne() {
        // given
        HostWish staying = HostWish.of("staying", false, random);
        HostWish leaving = HostWish.of("leaving", false, random);
        List<Host> hosts = Together.run(List.<Supplier<Host>>of(() -> boot(staying), () -> boot(leaving)));
        Host joined = hosts.getFirst();
        Host reset = hosts.getLast();
        HostState before = HostState.of(reset);

        // when
        try (OutcomeLog outcomes = new OutcomeLog(bed.kafka().bootstrapServers());
                JoinRequests requests = new JoinRequests(bed.kafka().bootstrapServers())) {
            requests.send(
                    staying.request(SharedBed.CLUSTER, joined.address(), HostProfile.DOCKER, List.of()),
                    SharedBed.key(staying.node()));
            requests.send(
                    leaving.request(
                            SharedBed.CLUSTER, reset.address(), HostProfile.DOCKER, List.of("nodejoin.io/never")),
                    SharedBed.key(leaving.node()));
            outcomes.awaitPhase(leaving.node(), Phase.CertificateIssued);
            hasNoNetworkOfDocker(reset);
            requests.send(
                    new JoinCancelRequested(SharedBed.CLUSTER, leaving.node(), null), SharedBed.key(leaving.node()));
            outcomes.awaitEnd(staying.node(), JoinSucceeded.class);
            JoinCancelled end = outcomes.awaitEnd(leaving.node(), JoinCancelled.class);
            assertThat(end.residue()).isEmpty();
        }

        // then
        hasNoNetworkOfDocker(joined);
        hasBeenPreparedExactly(joined);
        HandMadeSteps.areDoneOn(joined, bed);
        await("docker0 again").atMost(SOON).until(() -> hasBridge(reset));
        assertThat(HostState.of(reset).differencesFrom(before)).isEmpty();
    }

    private Host boot(HostWish wish) {
        Host host = booted.addHost(
                HostSpec.named(wish.node().value(), wish.secret()).with(HostProfile.DOCKER));
        await("Docker on " + wish.node())
                .atMost(SOON)
                .until(() ->
                        host.run("systemctl", "is-active", "docker.service").succeeded());
        assertThat(hasBridge(host)).isTrue();
        assertThat(rules(host)).contains("-N DOCKER", "docker0");
        HandMadeSteps.furnish(host);
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

package io.nodejoin.testbed.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.nodejoin.protocol.join.HostProfile;
import io.nodejoin.protocol.join.JoinSucceeded;
import io.nodejoin.testbed.TestBed;
import io.nodejoin.testbed.demo.HostWish;
import io.nodejoin.testbed.demo.JoinRequests;
import io.nodejoin.testbed.host.Host;
import io.nodejoin.testbed.host.HostSpec;
import io.nodejoin.testbed.process.Together;
import io.nodejoin.testbed.provision.DebianRelease;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.parallel.ResourceAccessMode;
import org.junit.jupiter.api.parallel.ResourceLock;

/** Booted hosts with the systemd, containerd and Docker of Debian 12. */
@Tag("full")
@ResourceLock(value = BootedBed.SHARED, mode = ResourceAccessMode.READ)
class OlderDebianE2E {
    private static final Duration SOON = Duration.ofSeconds(60);

    private final SecureRandom random = new SecureRandom();

    @RegisterExtension
    private final BootedBed booted = BootedBed.shared("hosts with Debian 12 are");

    private final TestBed bed = booted.bed();

    @Test
    void shouldJoin() {
        // given
        HostWish wish = HostWish.of("older", false, random);
        HostWish docked = HostWish.of("docked", false, random);
        List<Host> hosts = Together.run(List.<Supplier<Host>>of(
                () -> boot(wish, HostProfile.CONTAINERD), () -> boot(docked, HostProfile.DOCKER)));
        Host host = hosts.getFirst();
        Host withDocker = hosts.getLast();
        await("docker0")
                .atMost(SOON)
                .until(() -> withDocker.run("ip", "link", "show", "docker0").succeeded());
        HandMadeSteps.furnish(withDocker);

        // when
        try (OutcomeLog outcomes = new OutcomeLog(bed.kafka().bootstrapServers());
                JoinRequests requests = new JoinRequests(bed.kafka().bootstrapServers())) {
            requests.send(wish.request(SharedBed.CLUSTER, host.address()), SharedBed.key(wish.node()));
            requests.send(
                    docked.request(SharedBed.CLUSTER, withDocker.address(), HostProfile.DOCKER, List.of()),
                    SharedBed.key(docked.node()));
            outcomes.awaitEnd(wish.node(), JoinSucceeded.class);
            outcomes.awaitEnd(docked.node(), JoinSucceeded.class);
        }

        // then
        assertThat(host.read("/etc/os-release").orElseThrow()).contains("VERSION_ID=\"12\"");
        assertThat(host.run("nodejoin-agent", "plan").output()).contains("nothing is left to do");
        assertThat(host.run("nodejoin-agent", "preflight").output()).containsPattern("operating-system +passed");

        // and Docker has given its network up for good
        HandMadeSteps.areDoneOn(withDocker, bed);
        assertThat(withDocker
                        .run("nodejoin-agent", "plan", "--profile", "docker")
                        .output())
                .contains("nothing is left to do");
        assertThat(withDocker
                        .run("nodejoin-agent", "preflight", "--profile", "docker")
                        .output())
                .containsPattern("operating-system +passed");
    }

    private Host boot(HostWish wish, HostProfile profile) {
        return booted.addHost(HostSpec.named(wish.node().value(), wish.secret())
                .with(DebianRelease.BOOKWORM)
                .with(profile));
    }
}

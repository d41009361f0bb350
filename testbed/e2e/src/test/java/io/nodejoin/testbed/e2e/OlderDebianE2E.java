package io.nodejoin.testbed.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.nodejoin.protocol.event.HostProfile;
import io.nodejoin.protocol.event.JoinSucceeded;
import io.nodejoin.testbed.TestBed;
import io.nodejoin.testbed.client.HostFixture;
import io.nodejoin.testbed.client.JoinRequestProducer;
import io.nodejoin.testbed.host.Host;
import io.nodejoin.testbed.host.HostSpec;
import io.nodejoin.testbed.process.Parallel;
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
    private static final Duration TIMEOUT = Duration.ofSeconds(60);

    private final SecureRandom random = new SecureRandom();

    @RegisterExtension
    private final BootedBed booted = BootedBed.shared("hosts with Debian 12 are");

    private final TestBed bed = booted.bed();

    @Test
    void shouldJoin() {
        // given
        HostFixture fixture = HostFixture.create("older", false, random);
        HostFixture docked = HostFixture.create("docked", false, random);
        List<Host> hosts = Parallel.run(List.<Supplier<Host>>of(
                () -> boot(fixture, HostProfile.CONTAINERD), () -> boot(docked, HostProfile.DOCKER)));
        Host host = hosts.getFirst();
        Host withDocker = hosts.getLast();
        await("docker0")
                .atMost(TIMEOUT)
                .until(() -> withDocker.run("ip", "link", "show", "docker0").succeeded());
        ManualSteps.prepareHost(withDocker);

        // when
        try (OutcomeLog outcomes = new OutcomeLog(bed.kafka().bootstrapServers());
                JoinRequestProducer producer =
                        new JoinRequestProducer(bed.kafka().bootstrapServers())) {
            producer.send(fixture.joinRequest(SharedBed.CLUSTER, host.address()), SharedBed.recordKey(fixture.node()));
            producer.send(
                    docked.joinRequest(SharedBed.CLUSTER, withDocker.address(), HostProfile.DOCKER, List.of()),
                    SharedBed.recordKey(docked.node()));
            outcomes.awaitOutcome(fixture.node(), JoinSucceeded.class);
            outcomes.awaitOutcome(docked.node(), JoinSucceeded.class);
        }

        // then
        assertThat(host.read("/etc/os-release").orElseThrow()).contains("VERSION_ID=\"12\"");
        assertThat(host.run("nodejoin-agent", "plan").output()).contains("nothing is left to do");
        assertThat(host.run("nodejoin-agent", "preflight").output()).containsPattern("operating-system +passed");

        // and Docker has given its network up for good
        ManualSteps.verify(withDocker, bed);
        assertThat(withDocker
                        .run("nodejoin-agent", "plan", "--profile", "docker")
                        .output())
                .contains("nothing is left to do");
        assertThat(withDocker
                        .run("nodejoin-agent", "preflight", "--profile", "docker")
                        .output())
                .containsPattern("operating-system +passed");
    }

    private Host boot(HostFixture fixture, HostProfile profile) {
        return booted.addHost(HostSpec.named(fixture.node().value(), fixture.secret())
                .with(DebianRelease.BOOKWORM)
                .with(profile));
    }
}

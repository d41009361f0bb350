package io.nodejoin.testbed.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.nodejoin.protocol.join.HostProfile;
import io.nodejoin.protocol.join.JoinRequested;
import io.nodejoin.protocol.join.JoinSucceeded;
import io.nodejoin.testbed.TestBed;
import io.nodejoin.testbed.demo.HostWish;
import io.nodejoin.testbed.demo.JoinRequests;
import io.nodejoin.testbed.host.Host;
import io.nodejoin.testbed.host.HostSpec;
import io.nodejoin.testbed.plan.BedSettings;
import io.nodejoin.testbed.process.Together;
import io.nodejoin.testbed.provision.DebianRelease;
import java.security.SecureRandom;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Booted hosts with the systemd, containerd and Docker of Debian 12. */
class OlderDebianE2E {
    private final SecureRandom random = new SecureRandom();
    private final TestBed bed = TestBed.open(BedSettings.numbered("debian", 10));

    @BeforeEach
    void raise() {
        TestBed.unavailableReason().ifPresent(reason -> {
            System.err.println("hosts with Debian 12 are not tested: " + reason);
            Assumptions.abort("no booted hosts here: " + reason);
        });
        bed.down();
        bed.upWithService();
    }

    @AfterEach
    void lower() {
        bed.down();
    }

    @Test
    void shouldJoinHostsOfEachProfile() {
        // given
        HostWish plain = HostWish.of("plain", false, random);
        HostWish docked = HostWish.of("docked", false, random);
        List<Host> hosts = Together.run(List.<Supplier<Host>>of(
                () -> boot(plain, HostProfile.CONTAINERD), () -> boot(docked, HostProfile.DOCKER)));

        // when
        try (OutcomeLog outcomes = new OutcomeLog(bed.kafka().bootstrapServers());
                JoinRequests requests = new JoinRequests(bed.kafka().bootstrapServers())) {
            requests.send(request(plain, hosts.getFirst(), HostProfile.CONTAINERD), SharedBed.key(plain.node()));
            requests.send(request(docked, hosts.getLast(), HostProfile.DOCKER), SharedBed.key(docked.node()));
            outcomes.awaitEnd(plain.node(), JoinSucceeded.class);
            outcomes.awaitEnd(docked.node(), JoinSucceeded.class);
        }

        // then
        for (Host host : hosts) {
            assertThat(host.read("/etc/os-release").orElseThrow()).contains("VERSION_ID=\"12\"");
            String profile = host == hosts.getFirst() ? "containerd" : "docker";
            assertThat(host.run("nodejoin-agent", "plan", "--profile", profile).output())
                    .contains("nothing is left to do");
            assertThat(host.run("nodejoin-agent", "preflight").output()).containsPattern("operating-system +passed");
        }
        assertThat(hosts.getLast().run("ip", "link", "show", "docker0").succeeded())
                .as("docker0")
                .isFalse();
    }

    private Host boot(HostWish wish, HostProfile profile) {
        return bed.addHost(
                HostSpec.named(wish.node().value(), wish.secret()).with(profile).with(DebianRelease.BOOKWORM));
    }

    private static JoinRequested request(HostWish wish, Host host, HostProfile profile) {
        return new JoinRequested(
                SharedBed.CLUSTER,
                wish.node(),
                wish.enrollment(),
                List.of(host.address()),
                Map.of(),
                List.of(),
                null,
                profile,
                List.of(),
                null,
                null,
                null);
    }
}

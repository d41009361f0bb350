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
import io.nodejoin.testbed.provision.DebianRelease;
import java.security.SecureRandom;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A booted host with the systemd and containerd of Debian 12. */
class OlderDebianE2E {
    private final SecureRandom random = new SecureRandom();

    @RegisterExtension
    private final BootedBed booted = BootedBed.of(BedSettings.numbered("debian", 10), "hosts with Debian 12 are");

    private final TestBed bed = booted.bed();

    @Test
    void shouldJoin() {
        // given
        HostWish wish = HostWish.of("older", false, random);
        Host host =
                bed.addHost(HostSpec.named(wish.node().value(), wish.secret()).with(DebianRelease.BOOKWORM));

        // when
        try (OutcomeLog outcomes = new OutcomeLog(bed.kafka().bootstrapServers());
                JoinRequests requests = new JoinRequests(bed.kafka().bootstrapServers())) {
            requests.send(request(wish, host), SharedBed.key(wish.node()));
            outcomes.awaitEnd(wish.node(), JoinSucceeded.class);
        }

        // then
        assertThat(host.read("/etc/os-release").orElseThrow()).contains("VERSION_ID=\"12\"");
        assertThat(host.run("nodejoin-agent", "plan").output()).contains("nothing is left to do");
        assertThat(host.run("nodejoin-agent", "preflight").output()).containsPattern("operating-system +passed");
    }

    private static JoinRequested request(HostWish wish, Host host) {
        return new JoinRequested(
                SharedBed.CLUSTER,
                wish.node(),
                wish.enrollment(),
                List.of(host.address()),
                Map.of(),
                List.of(),
                null,
                HostProfile.CONTAINERD,
                List.of(),
                null,
                null,
                null);
    }
}

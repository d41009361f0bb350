package io.nodejoin.testbed.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.nodejoin.protocol.event.JoinSucceeded;
import io.nodejoin.testbed.client.HostFixture;
import io.nodejoin.testbed.config.AddressPlan.Endpoint;
import io.nodejoin.testbed.service.NodejoinService;
import io.nodejoin.testbed.simulated.SimulatedHost.Fault;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A gateway that listens on an IPv6 address alone, and agents whose configuration names it. */
@Tag("full")
@OnRestartedBed
class Ipv6GatewayE2E {
    private final SharedBed bed;
    private final NodejoinService service;
    private final Endpoint ipv4;
    private final URI ipv6;

    Ipv6GatewayE2E(SharedBed bed) {
        this.bed = bed;
        this.service = bed.testBed().service();
        this.ipv4 = bed.testBed().plan().gateway();
        this.ipv6 = URI.create("https://[::1]:" + ipv4.port());
    }

    @BeforeEach
    void listenOnIpv6() throws IOException {
        service.stop();
        service.prepare(SharedBed.settings());
        String text = Files.readString(service.config());
        assertThat(text).contains("listen: \"" + ipv4 + "\"");
        Files.writeString(
                service.config(),
                text.replace("listen: \"" + ipv4 + "\"", "listen: \"" + ipv6.getRawAuthority() + "\""));
        service.start();
    }

    @AfterEach
    void listenOnIpv4() {
        bed.restartServiceWith(SharedBed.settings());
    }

    @Test
    void shouldJoinAMachineWhoseAgentConnectsToAnIpv6Address() {
        // given
        HostFixture fixture = bed.newHost("over-ipv6");
        bed.boot(fixture, ipv6, Fault.NONE);

        // when
        bed.request(fixture);

        // then
        JoinSucceeded joined = bed.outcomes().awaitOutcome(fixture.node(), JoinSucceeded.class);
        assertThat(joined.nodeName()).isEqualTo(fixture.node());
    }
}

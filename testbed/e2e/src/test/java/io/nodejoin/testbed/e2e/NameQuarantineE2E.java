package io.nodejoin.testbed.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.nodejoin.protocol.NodeName;
import io.nodejoin.protocol.event.JoinSucceeded;
import io.nodejoin.testbed.client.HostFixture;
import io.nodejoin.testbed.simulated.SimulatedHost.Fault;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A certificate that a failed join brought about, used after that join. */
@Tag("real")
@OnSharedBed
class NameQuarantineE2E {
    private static final Duration PROMISED = Duration.ofSeconds(10);
    /** Before the end of a hold it is looked for renewals each time. */
    private static final Duration NEAR = Duration.ofSeconds(50);

    private final SharedBed bed;

    NameQuarantineE2E(SharedBed bed) {
        this.bed = bed;
    }

    @Test
    void shouldRemoveTheNodeOfAThiefWithinTenSecondsAndLeaveAJoinedOneAlone() {
        // given a joined node, whose name is held back as well, and a thief's
        HostFixture joined = bed.newHost("joined-under-a-held-name");
        bed.boot(joined, Fault.NONE);
        bed.request(joined);
        bed.outcomes().awaitOutcome(joined.node(), JoinSucceeded.class);
        List<String> uid = bed.cluster().ready(joined.node());
        bed.externalActor().quarantine(joined.node());
        NodeName stolen = new NodeName("stolen");
        bed.externalActor().quarantine(stolen);

        // when
        bed.externalActor().registerWithACertificateFor(stolen);

        // then
        await("removal of the thief's Node")
                .atMost(PROMISED)
                .until(() -> bed.cluster().node(stolen).isEmpty());
        await("the service's word on it").until(() -> bed.isLogged("QUARANTINED_NODE_APPEARED: Node " + stolen));
        assertThat(bed.cluster().ready(joined.node())).isEqualTo(uid).hasSize(1);
    }

    @Test
    void shouldHoldANameForAsLongAsACertificateLivesThatAThiefHasRenewed() {
        // given
        NodeName renewed = new NodeName("renewed");
        bed.externalActor().quarantine(renewed, NEAR);
        Instant until = bed.cluster().quarantinedUntil(renewed).orElseThrow();

        // when
        bed.externalActor().renewACertificateFor(renewed);

        // then
        await("a longer hold")
                .atMost(NEAR)
                .until(() ->
                        bed.cluster().quarantinedUntil(renewed).orElseThrow().isAfter(until));
        assertThat(bed.cluster().isQuarantinedForAll(renewed)).isTrue();
    }
}

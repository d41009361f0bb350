package io.nodejoin.testbed.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.nodejoin.protocol.NodeName;
import io.nodejoin.protocol.join.JoinSucceeded;
import io.nodejoin.testbed.demo.HostWish;
import io.nodejoin.testbed.simulated.SimulatedHost.Fault;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.ResourceAccessMode;
import org.junit.jupiter.api.parallel.ResourceLock;

/** A certificate that a failed join brought about, used after that join. */
@Tag("real")
@ExtendWith(BedExtension.class)
@ResourceLock(value = SharedBed.LOCK, mode = ResourceAccessMode.READ)
class HeldNameE2E {
    private static final Duration PROMISED = Duration.ofSeconds(10);
    /** Before the end of a hold it is looked for renewals each time. */
    private static final Duration NEAR = Duration.ofSeconds(50);

    private final SharedBed bed;

    HeldNameE2E(SharedBed bed) {
        this.bed = bed;
    }

    @Test
    void shouldRemoveTheNodeOfAThiefWithinTenSecondsAndLeaveAJoinedOneAlone() {
        // given a joined node, whose name is held back as well, and a thief's
        HostWish joined = bed.wish("joined-under-a-held-name");
        bed.boot(joined, Fault.NONE);
        bed.request(joined);
        bed.outcomes().awaitEnd(joined.node(), JoinSucceeded.class);
        List<String> uid = bed.cluster().ready(joined.node());
        bed.meddler().hold(joined.node());
        NodeName stolen = new NodeName("stolen");
        bed.meddler().hold(stolen);

        // when
        bed.meddler().registerWithACertificateFor(stolen);

        // then
        await("removal of the thief's Node")
                .atMost(PROMISED)
                .until(() -> bed.cluster().node(stolen).isEmpty());
        assertThat(bed.cluster().ready(joined.node())).isEqualTo(uid).hasSize(1);
        assertThat(bed.serviceLog()).contains("QUARANTINED_NODE_APPEARED");
    }

    @Test
    void shouldHoldANameForAsLongAsACertificateLivesThatAThiefHasRenewed() {
        // given
        NodeName renewed = new NodeName("renewed");
        bed.meddler().hold(renewed, NEAR);
        Instant until = bed.cluster().heldUntil(renewed).orElseThrow();

        // when
        bed.meddler().renewACertificateFor(renewed);

        // then
        await("a longer hold")
                .atMost(NEAR)
                .until(() -> bed.cluster().heldUntil(renewed).orElseThrow().isAfter(until));
        assertThat(bed.cluster().isHeldFromEverybody(renewed)).isTrue();
    }
}

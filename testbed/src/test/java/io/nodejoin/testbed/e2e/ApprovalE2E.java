package io.nodejoin.testbed.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.join.JoinFailed;
import io.nodejoin.protocol.join.JoinSucceeded;
import io.nodejoin.testbed.demo.HostWish;
import io.nodejoin.testbed.service.ServiceSettings;
import io.nodejoin.testbed.simulated.SimulatedHost.Fault;
import io.nodejoin.workflows.certificate.ApprovalMode;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.ResourceLock;

/** Who approves, and what happens where somebody else does. These change rights of the whole cluster: one after the other. */
@Tag("real")
@ExtendWith(BedExtension.class)
@ResourceLock(SharedBed.LOCK)
class ApprovalE2E {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String BINDING = "approves-anything";

    private final SharedBed bed;

    ApprovalE2E(SharedBed bed) {
        this.bed = bed;
    }

    @Test
    void shouldRefuseJoinsUntilTheClusterNoLongerApprovesThem() {
        // given
        HostWish wish = bed.wish("autoapproved");
        bed.boot(wish, Fault.NONE);
        bed.meddler().letApprove(BINDING, "system:bootstrappers");
        await("readiness that names the binding")
                .atMost(PATIENCE)
                .until(
                        bed::readiness,
                        text -> text.contains("[-] cluster testbed: joins are refused: E_CLUSTER_AUTOAPPROVES")
                                && text.contains("\"" + BINDING + "\""));

        // when
        bed.request(wish);
        JoinFailed refused = bed.outcomes().awaitEnd(wish.node(), JoinFailed.class);
        bed.settleEnded(wish);
        bed.meddler().letNobodyApprove(BINDING);
        bed.request(wish);

        // then
        assertThat(refused.reason()).isEqualTo(ErrorCode.E_CLUSTER_AUTOAPPROVES);
        assertThat(refused.detail()).contains("ClusterRoleBinding \"" + BINDING + "\"");
        assertThat(refused.retryable()).isFalse();
        assertThat(bed.cluster().tokens(refused.joinId())).isEmpty();
        JoinSucceeded joined = bed.outcomes().awaitSecondEnd(wish.node(), JoinSucceeded.class);
        assertThat(bed.cluster().ready(wish.node())).containsExactly(joined.nodeUid());
        await("readiness").atMost(PATIENCE).until(bed.parts().service()::isReady);
    }

    @Test
    void shouldJoinWithAWarningWhereTheClusterApprovesAnythingAndThatIsToBeBorne() {
        // given
        HostWish wish = bed.wish("borne");
        bed.meddler().letApprove(BINDING, "system:bootstrappers");
        bed.serve(ServiceSettings.standard().lenient());
        try {
            await("warning that names the binding")
                    .atMost(PATIENCE)
                    .until(
                            bed::readiness,
                            text -> text.contains("[!] cluster testbed: joins go on, but E_CLUSTER_AUTOAPPROVES")
                                    && text.contains("\"" + BINDING + "\"")
                                    && text.endsWith("\nready\n"));
            bed.boot(wish, Fault.NONE);

            // when
            bed.request(wish);

            // then
            JoinSucceeded joined = bed.outcomes().awaitEnd(wish.node(), JoinSucceeded.class);
            assertThat(bed.cluster().ready(wish.node())).containsExactly(joined.nodeUid());
            bed.cluster().hasNoMeansOf(joined.joinId());
        } finally {
            bed.meddler().letNobodyApprove(BINDING);
            bed.serve(ServiceSettings.standard());
        }
    }

    @Test
    void shouldJoinWhereTheClusterApproves() {
        // given
        HostWish wish = bed.wish("leftto");
        bed.serve(ServiceSettings.approving(ApprovalMode.CLUSTER));
        try {
            bed.boot(wish, Fault.NONE);

            // when
            bed.request(wish);

            // then
            JoinSucceeded end = bed.outcomes().awaitEnd(wish.node(), JoinSucceeded.class);
            assertThat(bed.cluster().ready(wish.node())).containsExactly(end.nodeUid());
            assertThat(bed.cluster().awaitTokens(end.joinId()))
                    .singleElement()
                    .satisfies(token ->
                            assertThat(bed.cluster().decisions(token)).containsExactly("Approved AutoApproved"));
            bed.cluster().hasNoMeansOf(end.joinId());
        } finally {
            bed.meddler().letNobodyApprove("nodejoin:node-autoapprove-bootstrap");
            bed.serve(ServiceSettings.standard());
        }
    }
}

package io.nodejoin.testbed.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.event.JoinFailed;
import io.nodejoin.protocol.event.JoinSucceeded;
import io.nodejoin.testbed.client.HostFixture;
import io.nodejoin.testbed.config.Approval;
import io.nodejoin.testbed.service.ServiceSettings;
import io.nodejoin.testbed.simulated.SimulatedHost.Fault;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Who approves, and what happens where somebody else does. These change rights of the whole cluster: one after the other. */
@Tag("access")
@OnRestartedBed
class ApprovalE2E {
    private static final Duration TIMEOUT = Duration.ofSeconds(60);
    private static final String BINDING = "approves-anything";

    private final SharedBed bed;

    ApprovalE2E(SharedBed bed) {
        this.bed = bed;
    }

    @Test
    @Tag("real")
    void shouldRefuseJoinsUntilTheClusterNoLongerApprovesThem() {
        // given
        HostFixture fixture = bed.newHost("autoapproved");
        bed.boot(fixture, Fault.NONE);
        bed.externalActor().grantApproval(BINDING, "system:bootstrappers");
        await("readiness that names the binding")
                .atMost(TIMEOUT)
                .until(
                        bed::readiness,
                        text -> text.contains("[-] cluster testbed: joins are refused: CLUSTER_AUTO_APPROVES_CSRS")
                                && text.contains("\"" + BINDING + "\""));

        // when
        bed.request(fixture);
        JoinFailed refused = bed.outcomes().awaitOutcome(fixture.node(), JoinFailed.class);
        bed.awaitQuiescence(fixture);
        bed.externalActor().revokeApproval(BINDING);
        bed.request(fixture);

        // then
        assertThat(refused.reason()).isEqualTo(ErrorCode.CLUSTER_AUTO_APPROVES_CSRS);
        assertThat(refused.detail()).contains("ClusterRoleBinding \"" + BINDING + "\"");
        assertThat(refused.retryable()).isFalse();
        assertThat(bed.cluster().tokens(refused.joinId())).isEmpty();
        JoinSucceeded joined = bed.outcomes().awaitSecondOutcome(fixture.node(), JoinSucceeded.class);
        assertThat(bed.cluster().ready(fixture.node())).containsExactly(joined.nodeUid());
        await("readiness").atMost(TIMEOUT).until(bed.testBed().service()::isReady);
    }

    @Test
    @Tag("full")
    void shouldJoinWithAWarningWhereTheClusterApprovesAnythingAndThatIsToBeBorne() {
        // given
        HostFixture fixture = bed.newHost("borne");
        bed.externalActor().grantApproval(BINDING, "system:bootstrappers");
        bed.restartServiceWith(SharedBed.settings().withWarningsOnly());
        try {
            await("warning that names the binding")
                    .atMost(TIMEOUT)
                    .until(
                            bed::readiness,
                            text -> text.contains(
                                            "[!] cluster testbed: joins are not refused, but CLUSTER_AUTO_APPROVES_CSRS")
                                    && text.contains("\"" + BINDING + "\"")
                                    && text.endsWith("\nready\n"));
            bed.boot(fixture, Fault.NONE);

            // when
            bed.request(fixture);

            // then
            JoinSucceeded joined = bed.outcomes().awaitOutcome(fixture.node(), JoinSucceeded.class);
            assertThat(bed.cluster().ready(fixture.node())).containsExactly(joined.nodeUid());
            bed.cluster().hasNoCredentialsOf(joined.joinId());
        } finally {
            bed.externalActor().revokeApproval(BINDING);
            bed.restartServiceWith(SharedBed.settings());
        }
    }

    @Test
    @Tag("real")
    void shouldJoinWhereTheClusterApproves() {
        // given
        HostFixture fixture = bed.newHost("leftto");
        bed.restartServiceWith(ServiceSettings.approving(Approval.CLUSTER));
        try {
            bed.boot(fixture, Fault.NONE);

            // when
            bed.request(fixture);

            // then
            JoinSucceeded end = bed.outcomes().awaitOutcome(fixture.node(), JoinSucceeded.class);
            assertThat(bed.cluster().ready(fixture.node())).containsExactly(end.nodeUid());
            assertThat(bed.cluster().awaitTokens(end.joinId()))
                    .singleElement()
                    .satisfies(token ->
                            assertThat(bed.cluster().decisions(token)).containsExactly("Approved AutoApproved"));
            bed.cluster().hasNoCredentialsOf(end.joinId());
        } finally {
            bed.externalActor().revokeApproval("nodejoin:node-autoapprove-bootstrap");
            bed.restartServiceWith(SharedBed.settings());
        }
    }
}

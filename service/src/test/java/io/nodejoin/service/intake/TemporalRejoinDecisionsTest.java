package io.nodejoin.service.intake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nodejoin.gateway.temporal.CallDeadline;
import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.NodeName;
import io.nodejoin.protocol.Problem;
import io.nodejoin.protocol.time.ManualScheduler;
import io.nodejoin.workflows.NodeWorkflowRegistration;
import io.nodejoin.workflows.node.NodeRef;
import io.nodejoin.workflows.rejoin.RejoinActivities;
import io.nodejoin.workflows.rejoin.RejoinClaim;
import io.nodejoin.workflows.rejoin.RejoinDecision;
import io.nodejoin.workflows.temporal.TaskQueues;
import io.temporal.testing.TestWorkflowEnvironment;
import io.temporal.worker.Worker;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class TemporalRejoinDecisionsTest {
    private static final RejoinClaim CLAIM =
            new RejoinClaim(new NodeRef(new ClusterName("kraken"), new NodeName("w1")), "0f".repeat(32), "key");

    private final TestWorkflowEnvironment temporal = RealTimeTemporal.environment();

    /** Knows one key. */
    private static final class OneKey implements RejoinActivities {
        @Override
        public RejoinDecision decide(RejoinClaim claim) {
            return claim.publicKey().equals("key")
                    ? new RejoinDecision.Eligible(
                            "uid-1", JoinRequests.of("w1", Instant.EPOCH, 0).spec())
                    : new RejoinDecision.Refused(new Problem(ErrorCode.ENROLLMENT_REFUSED, "another key"));
        }
    }

    @AfterEach
    void close() {
        temporal.close();
    }

    @Test
    void shouldHaveAWorkerDecideEachClaimAndNobodyElsesDecision() {
        // given
        Worker worker = temporal.newWorker(TaskQueues.NODEJOIN);
        NodeWorkflowRegistration.register(worker);
        worker.registerActivitiesImplementations(new OneKey());
        temporal.start();
        RejoinClaim other = new RejoinClaim(CLAIM.node(), CLAIM.enrollment(), "another");

        // when
        RejoinDecision first = decisions(Duration.ofSeconds(30)).apply(CLAIM);
        RejoinDecision refused = decisions(Duration.ofSeconds(30)).apply(other);
        RejoinDecision again = decisions(Duration.ofSeconds(30)).apply(CLAIM);

        // then
        assertThat(first).isInstanceOf(RejoinDecision.Eligible.class).isEqualTo(again);
        assertThat(refused)
                .isInstanceOfSatisfying(
                        RejoinDecision.Refused.class,
                        found -> assertThat(found.why().code()).isEqualTo(ErrorCode.ENROLLMENT_REFUSED));
    }

    @Test
    void shouldFailWithoutAWorker() {
        // when, then
        assertThatThrownBy(() -> decisions(Duration.ofMillis(50)).apply(CLAIM))
                .hasMessageContaining("no worker has decided");
    }

    private TemporalRejoinDecisions decisions(Duration timeout) {
        return new TemporalRejoinDecisions(
                temporal.getWorkflowClient(), new CallDeadline(timeout, new ManualScheduler()));
    }
}

package io.nodejoin.service.intake;

import static org.assertj.core.api.Assertions.assertThat;

import io.nodejoin.gateway.enrollment.EnrollmentHandover;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.Problem;
import io.nodejoin.workflows.lifecycle.AbortRequest;
import io.nodejoin.workflows.lifecycle.JoinRequest;
import io.nodejoin.workflows.lifecycle.NodeJoinWorkflow;
import io.nodejoin.workflows.lifecycle.NodeWorkflows;
import io.temporal.api.enums.v1.EventType;
import io.temporal.client.WorkflowStub;
import io.temporal.testing.TestWorkflowEnvironment;
import java.time.Instant;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Nobody works for workflows here: what they are told stays unread. */
@Timeout(60)
class QueuedRequestsTest {
    private final TestWorkflowEnvironment temporal = RealTimeTemporal.environment();
    private final JoinStarter joinStarter = RealTimeTemporal.joinStarter(temporal, EnrollmentHandover.none());
    private final Instant born = Instant.now();
    private final JoinRequest first = JoinRequests.of("n1", born, 1);
    private final JoinRequest second = JoinRequests.of("n1", born, 2);
    private final JoinRequest third = JoinRequests.of("n1", born, 3);

    @AfterEach
    void close() {
        temporal.close();
    }

    @Test
    void shouldKnowARequestThatIsNotReadYet() {
        // given
        joinStarter.start(JoinRequests.verdict(first));

        // when
        JoinStarter.StartResult answer = joinStarter.start(JoinRequests.verdict(second));

        // then
        assertThat(answer).isInstanceOf(JoinStarter.StartResult.Queued.class);
        assertThat(joinStarter.isKnown(second)).isTrue();
        assertThat(joinStarter.isKnown(third)).isFalse();
    }

    @Test
    void shouldNotStartAnewWhatARunLeftUnreadThatWasTerminated() {
        // given
        joinStarter.start(JoinRequests.verdict(first));
        joinStarter.start(JoinRequests.verdict(second));
        temporal.getWorkflowClient().newUntypedWorkflowStub(workflow()).terminate("by hand");

        // when
        JoinStarter.StartResult again = joinStarter.start(JoinRequests.verdict(second));
        JoinStarter.StartResult newer = joinStarter.start(JoinRequests.verdict(third));

        // then
        assertThat(again).isInstanceOf(JoinStarter.StartResult.Duplicate.class);
        assertThat(newer).isInstanceOf(JoinStarter.StartResult.Started.class);
        assertThat(joinStarter.start(JoinRequests.verdict(second)))
                .isInstanceOf(JoinStarter.StartResult.Duplicate.class);
        assertThat(joinStarter.isKnown(first)).isTrue();
    }

    @Test
    void shouldCancelWithoutWaitingForAnybodyToReadIt() {
        // given
        joinStarter.start(JoinRequests.verdict(first));

        // when
        Optional<Problem> obstacle = joinStarter.cancel(cancelAt(born.plusSeconds(1)));

        // then
        assertThat(obstacle).isEmpty();
        assertThat(temporal.getWorkflowClient().fetchHistory(workflow()).getEvents())
                .filteredOn(event -> event.getEventType() == EventType.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED)
                .extracting(event ->
                        event.getWorkflowExecutionSignaledEventAttributes().getSignalName())
                .containsExactly(NodeWorkflows.CANCEL_REQUESTED);
    }

    @Test
    void shouldTellWhatACancelCannotAbort() {
        // given
        Optional<Problem> before = joinStarter.cancel(cancelAt(born));
        joinStarter.start(JoinRequests.verdict(second));

        // when
        Optional<Problem> older = joinStarter.cancel(cancelAt(born));

        // then
        assertThat(before).hasValueSatisfying(problem -> {
            assertThat(problem.code()).isEqualTo(ErrorCode.NOT_ABORTABLE);
            assertThat(problem.detail()).isEqualTo("no request for this node is running");
        });
        assertThat(older)
                .hasValueSatisfying(problem -> assertThat(problem.detail())
                        .contains(second.joinId().value())
                        .contains("after the cancel at " + born));
    }

    @Test
    void shouldRefuseFurtherRequestsForANodeOnceItsRunHasThousandsOfThem() {
        // given
        joinStarter.start(JoinRequests.verdict(first));
        WorkflowStub run = temporal.getWorkflowClient().newUntypedWorkflowStub(workflow());
        IntStream.range(0, 10_000).forEach(_ -> run.signal(NodeWorkflows.SUPERSEDED, second));

        // when
        JoinStarter.StartResult answer = joinStarter.start(JoinRequests.verdict(third));

        // then
        assertThat(answer)
                .isInstanceOfSatisfying(
                        JoinStarter.StartResult.Refused.class,
                        refused -> assertThat(refused.problem().code()).isEqualTo(ErrorCode.RATE_LIMITED));
        assertThat(joinStarter.isKnown(third)).isFalse();
    }

    private RequestDecision.Cancel cancelAt(Instant time) {
        return new RequestDecision.Cancel(
                JoinRequests.CLUSTER,
                first.node().name(),
                new AbortRequest("no longer needed", "a test", time, null),
                Rejection.Sender.UNKNOWN);
    }

    private static String workflow() {
        return NodeJoinWorkflow.workflowId(
                JoinRequests.CLUSTER,
                JoinRequests.of("n1", Instant.EPOCH, 0).node().name());
    }
}

package io.nodejoin.service.intake;

import static org.assertj.core.api.Assertions.assertThat;

import io.nodejoin.workflows.join.AbortRequest;
import io.nodejoin.workflows.join.JoinRequest;
import io.nodejoin.workflows.join.NodeJoinWorkflow;
import io.nodejoin.workflows.join.NodeRuns;
import io.temporal.api.enums.v1.EventType;
import io.temporal.testing.TestWorkflowEnvironment;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Nobody works for workflows here: what they are told stays unread. */
@Timeout(60)
class UnreadRequestsTest {
    private final TestWorkflowEnvironment temporal = RealTimeTemporal.environment();
    private final Joins joins = new TemporalJoins(temporal.getWorkflowClient());
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
        joins.start(JoinRequests.verdict(first));

        // when
        Joins.Answer answer = joins.start(JoinRequests.verdict(second));

        // then
        assertThat(answer).isInstanceOf(Joins.Answer.Waiting.class);
        assertThat(joins.know(second)).isTrue();
        assertThat(joins.know(third)).isFalse();
    }

    @Test
    void shouldNotStartAnewWhatARunLeftUnreadThatWasTerminated() {
        // given
        joins.start(JoinRequests.verdict(first));
        joins.start(JoinRequests.verdict(second));
        temporal.getWorkflowClient().newUntypedWorkflowStub(workflow()).terminate("by hand");

        // when
        Joins.Answer again = joins.start(JoinRequests.verdict(second));
        Joins.Answer newer = joins.start(JoinRequests.verdict(third));

        // then
        assertThat(again).isInstanceOf(Joins.Answer.Duplicate.class);
        assertThat(newer).isInstanceOf(Joins.Answer.Started.class);
        assertThat(joins.start(JoinRequests.verdict(second))).isInstanceOf(Joins.Answer.Duplicate.class);
        assertThat(joins.know(first)).isTrue();
    }

    @Test
    void shouldCancelWithoutWaitingForAnybodyToReadIt() {
        // given
        joins.start(JoinRequests.verdict(first));
        AbortRequest abort = new AbortRequest("no longer needed", "a test", born.plusSeconds(1));

        // when
        joins.cancel(new Verdict.Cancel(JoinRequests.CLUSTER, first.node().node(), abort));

        // then
        assertThat(temporal.getWorkflowClient().fetchHistory(workflow()).getEvents())
                .filteredOn(event -> event.getEventType() == EventType.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED)
                .extracting(event ->
                        event.getWorkflowExecutionSignaledEventAttributes().getSignalName())
                .containsExactly(NodeRuns.CANCELLED);
    }

    private static String workflow() {
        return NodeJoinWorkflow.id(
                JoinRequests.CLUSTER,
                JoinRequests.of("n1", Instant.EPOCH, 0).node().node());
    }
}

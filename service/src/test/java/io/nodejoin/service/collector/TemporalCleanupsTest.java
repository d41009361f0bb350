package io.nodejoin.service.collector;

import static org.assertj.core.api.Assertions.assertThat;

import io.nodejoin.activities.kubernetes.outbox.PendingOutcome;
import io.nodejoin.workflows.cleanup.CleanupRequest;
import io.nodejoin.workflows.cleanup.NodeCleanupWorkflow;
import io.nodejoin.workflows.hostcommand.AgentConnection;
import io.nodejoin.workflows.lifecycle.JoinSearchAttributes;
import io.nodejoin.workflows.temporal.DataConverters;
import io.nodejoin.workflows.temporal.TaskQueues;
import io.temporal.api.enums.v1.IndexedValueType;
import io.temporal.client.WorkflowClientOptions;
import io.temporal.client.WorkflowStub;
import io.temporal.testing.TestEnvironmentOptions;
import io.temporal.testing.TestWorkflowEnvironment;
import io.temporal.workflow.Workflow;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TemporalCleanupsTest {
    private static final Instant CLOSED_AT = Instant.parse("2026-11-25T09:00:00Z");
    private final TestWorkflowEnvironment temporal =
            TestWorkflowEnvironment.newInstance(TestEnvironmentOptions.newBuilder()
                    .setWorkflowClientOptions(WorkflowClientOptions.newBuilder()
                            .setDataConverter(DataConverters.dataConverter())
                            .build())
                    .registerSearchAttribute(
                            JoinSearchAttributes.CLUSTER.getName(), IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD)
                    .registerSearchAttribute(
                            JoinSearchAttributes.NODE.getName(), IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD)
                    .build());
    private final OrphanedJoin orphan = OrphanedJoin.groupByJoin(
                    List.of(FakeClusterOrphans.pending(PendingOutcome.RequestKind.JOIN, "n1", null)),
                    List.of(),
                    List.of())
            .getFirst();

    /** Ends once an agent has connected, with the sequence of its commands. */
    public static final class WaitingCleanup implements NodeCleanupWorkflow {
        private boolean connected;

        @Override
        public void cleanUp(CleanupRequest request) {
            Workflow.upsertMemo(Map.of("sequence", Long.toString(request.commandSequence())));
            Workflow.await(() -> connected);
        }

        @Override
        public void agentConnected(AgentConnection connection) {
            connected = true;
        }
    }

    @BeforeEach
    void startWorker() {
        temporal.newWorker(TaskQueues.NODEJOIN).registerWorkflowImplementationTypes(WaitingCleanup.class);
        temporal.start();
    }

    @AfterEach
    void close() {
        temporal.close();
    }

    @Test
    void shouldStartOneCleanupAtATime() {
        // given
        TemporalCleanups cleanups = cleanupsAfter(Duration.ZERO);

        // when
        boolean first = cleanups.start(orphan, closed(CLOSED_AT));
        boolean second = cleanups.start(orphan, closed(CLOSED_AT));

        // then
        assertThat(first).isTrue();
        assertThat(second).isFalse();
    }

    @Test
    void shouldStartAnotherOneOnlySomeTimeAfterTheEndOfTheFirst() {
        // given
        cleanupsAfter(Duration.ZERO).start(orphan, closed(CLOSED_AT));
        end();

        // when
        boolean atOnce = cleanupsAfter(Duration.ZERO).start(orphan, closed(CLOSED_AT));
        boolean later =
                cleanupsAfter(TemporalCleanups.RETRY_INTERVAL.multipliedBy(2)).start(orphan, closed(CLOSED_AT));

        // then
        assertThat(atOnce).isFalse();
        assertThat(later).isTrue();
    }

    @Test
    void shouldNumberCommandsFromTheEndOfTheRunOn() {
        // given
        cleanupsAfter(Duration.ZERO).start(orphan, closed(CLOSED_AT));

        // when, then
        assertThat(sequence()).isEqualTo(CLOSED_AT.toEpochMilli());
    }

    @Test
    void shouldNumberCommandsBehindThoseOfARunWhoseEndIsNotKnown() {
        // given
        cleanupsAfter(Duration.ZERO).start(orphan, closed(null));

        // when, then
        assertThat(sequence()).isEqualTo(FakeClusterOrphans.NOW.plusSeconds(1).toEpochMilli());
    }

    private long sequence() {
        end();
        return Long.parseLong((String) stub().describe().getMemo("sequence", String.class));
    }

    private void end() {
        stub().signal(NodeCleanupWorkflow.AGENT_CONNECTED, new AgentConnection("queue", new UUID(0, 1), null));
        stub().getResult(Void.class);
    }

    private WorkflowStub stub() {
        return temporal.getWorkflowClient()
                .newUntypedWorkflowStub(NodeCleanupWorkflow.workflowId(orphan.cluster(), orphan.joinId()));
    }

    private TemporalCleanups cleanupsAfter(Duration time) {
        Instant now = Instant.ofEpochMilli(temporal.currentTimeMillis()).plus(time);
        return new TemporalCleanups(temporal.getWorkflowClient(), Clock.fixed(now, ZoneOffset.UTC));
    }

    private static WorkflowStatus.Closed closed(@Nullable Instant at) {
        return new WorkflowStatus.Closed(
                "ended as terminated", List.of(), WorkflowStatus.OutcomeState.PENDING, WorkflowStatus.Joined.NO, at);
    }
}

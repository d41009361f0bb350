package io.nodejoin.service.collector;

import io.nodejoin.activities.kubernetes.outbox.PendingOutcome;
import io.nodejoin.workflows.cleanup.CleanupRequest;
import io.nodejoin.workflows.cleanup.NodeCleanupWorkflow;
import io.nodejoin.workflows.lifecycle.JoinSearchAttributes;
import io.nodejoin.workflows.temporal.TaskQueues;
import io.temporal.api.enums.v1.WorkflowIdConflictPolicy;
import io.temporal.api.enums.v1.WorkflowIdReusePolicy;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowExecutionAlreadyStarted;
import io.temporal.client.WorkflowExecutionDescription;
import io.temporal.client.WorkflowNotFoundException;
import io.temporal.client.WorkflowOptions;
import io.temporal.common.SearchAttributes;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;

/** The cleanups as workflows in Temporal. */
final class TemporalCleanups implements Cleanups {
    /** What a cleanup could not take back, it tries to again after this time. */
    static final Duration RETRY_INTERVAL = Duration.ofMinutes(1);

    /** In one second a join sends far fewer commands than the thousand that their sequences leave room for. */
    private static final Duration COMMANDS_OF_A_JOIN = Duration.ofSeconds(1);

    private final WorkflowClient client;
    private final Clock clock;

    /** @param client a client that fails fast when Temporal is unavailable */
    TemporalCleanups(WorkflowClient client, Clock clock) {
        this.client = client;
        this.clock = clock;
    }

    @Override
    public boolean start(OrphanedJoin orphan, WorkflowStatus.Closed closed) {
        String workflowId = NodeCleanupWorkflow.workflowId(orphan.cluster(), orphan.joinId());
        if (isRunningOrRecent(workflowId)) {
            return false;
        }
        CleanupRequest request = new CleanupRequest(orphan.nodeRef(), orphan.joinId(), commandSequence(orphan, closed));
        NodeCleanupWorkflow cleanup = client.newWorkflowStub(NodeCleanupWorkflow.class, options(workflowId, orphan));
        try {
            var _ = WorkflowClient.start(cleanup::cleanUp, request);
            return true;
        } catch (WorkflowExecutionAlreadyStarted _) {
            return false;
        }
    }

    private boolean isRunningOrRecent(String workflowId) {
        try {
            WorkflowExecutionDescription latest =
                    client.newUntypedWorkflowStub(workflowId).describe();
            Instant closedAt = latest.getCloseTime();
            return closedAt == null || closedAt.plus(RETRY_INTERVAL).isAfter(clock.instant());
        } catch (WorkflowNotFoundException _) {
            return false;
        }
    }

    /** A run of the node that has begun since has begun after the end of this one. */
    private static long commandSequence(OrphanedJoin orphan, WorkflowStatus.Closed closed) {
        PendingOutcome pending = orphan.pending();
        Instant closedAt = closed.closedAt();
        if (closedAt != null) {
            return closedAt.toEpochMilli();
        }
        return pending == null
                ? 0
                : pending.acceptedAt().plus(COMMANDS_OF_A_JOIN).toEpochMilli();
    }

    private static WorkflowOptions options(String workflowId, OrphanedJoin orphan) {
        return WorkflowOptions.newBuilder()
                .setWorkflowId(workflowId)
                .setTaskQueue(TaskQueues.NODEJOIN)
                .setWorkflowIdReusePolicy(WorkflowIdReusePolicy.WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE)
                .setWorkflowIdConflictPolicy(WorkflowIdConflictPolicy.WORKFLOW_ID_CONFLICT_POLICY_FAIL)
                .setTypedSearchAttributes(SearchAttributes.newBuilder()
                        .set(JoinSearchAttributes.CLUSTER, orphan.cluster().value())
                        .set(JoinSearchAttributes.NODE, orphan.node().value())
                        .build())
                .setStaticSummary("Clean up after request " + orphan.joinId() + " for " + orphan.node())
                .build();
    }
}

package io.nodejoin.testbed.bench;

import io.nodejoin.testbed.process.Await;
import io.temporal.api.enums.v1.WorkflowExecutionStatus;
import io.temporal.client.WorkflowClient;
import io.temporal.serviceclient.WorkflowServiceStubs;
import io.temporal.serviceclient.WorkflowServiceStubsOptions;
import java.time.Duration;

/** The workflows of joins on the bed's Temporal server. */
final class JoinWorkflows implements AutoCloseable {
    private final WorkflowServiceStubs stubs;
    private final WorkflowClient client;

    JoinWorkflows(String target) {
        stubs = WorkflowServiceStubs.newServiceStubs(
                WorkflowServiceStubsOptions.newBuilder().setTarget(target).build());
        client = WorkflowClient.newInstance(stubs);
    }

    /** Returns once the workflow has closed. */
    void awaitClosed(String id, Duration patience) {
        if (!Await.until(patience, () -> isClosed(id))) {
            throw new IllegalStateException("workflow " + id + " has not closed after " + patience.toSeconds() + " s");
        }
    }

    private boolean isClosed(String id) {
        return client.newUntypedWorkflowStub(id).describe().getStatus()
                != WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_RUNNING;
    }

    /** Returns once no workflow runs any more, or after this time. */
    void awaitNoneRuns(Duration patience) {
        boolean _ = Await.until(patience, () -> countRunning() == 0);
    }

    private long countRunning() {
        return client.countWorkflows("ExecutionStatus = 'Running'").getCount();
    }

    JoinHistory history(String id) {
        return new JoinHistory(client.fetchHistory(id).getEvents());
    }

    @Override
    public void close() {
        stubs.shutdownNow();
    }
}

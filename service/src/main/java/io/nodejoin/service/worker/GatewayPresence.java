package io.nodejoin.service.worker;

import io.nodejoin.activities.RootCause;
import io.nodejoin.workflows.gateway.GatewayWorkflow;
import io.nodejoin.workflows.temporal.TaskQueues;
import io.temporal.api.enums.v1.WorkflowIdConflictPolicy;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowOptions;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps the workflow running by which this gateway replica can be asked. */
final class GatewayPresence {
    private static final Logger LOG = LoggerFactory.getLogger(GatewayPresence.class);
    /** One that has ended is missed for a minute, since Temporal is checked once a second. */
    private static final int CHECKS = 60;
    /** A replica that is gone is listed for no longer. */
    private static final Duration RUN_TIMEOUT = Duration.ofHours(24);

    private final WorkflowClient client;
    private final String instance;
    private int checksLeft;

    /** @param client a client that fails fast when Temporal is unavailable */
    GatewayPresence(WorkflowClient client, String instance) {
        this.client = client;
        this.instance = instance;
    }

    /** Starts it unless it runs, at the first of many calls. A failure is logged: joins do not need it. */
    void ensure() {
        if (checksLeft > 0) {
            checksLeft--;
            return;
        }
        checksLeft = CHECKS;
        try {
            client.newUntypedWorkflowStub(
                            GatewayWorkflow.TYPE,
                            WorkflowOptions.newBuilder()
                                    .setWorkflowId(GatewayWorkflow.workflowId(instance))
                                    .setTaskQueue(TaskQueues.gateway(instance))
                                    .setWorkflowIdConflictPolicy(
                                            WorkflowIdConflictPolicy.WORKFLOW_ID_CONFLICT_POLICY_USE_EXISTING)
                                    .setWorkflowRunTimeout(RUN_TIMEOUT)
                                    .setStaticSummary("Answers for the agents at gateway replica " + instance)
                                    .build())
                    .start();
        } catch (RuntimeException e) {
            LOG.warn("agents and host logs of this replica cannot be shown: {}", RootCause.message(e));
        }
    }

    /** Starts it at the next call: the namespace is another one. */
    void reset() {
        checksLeft = 0;
    }
}

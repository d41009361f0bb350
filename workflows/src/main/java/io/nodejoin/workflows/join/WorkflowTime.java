package io.nodejoin.workflows.join;

import io.temporal.workflow.Workflow;
import java.time.Instant;

/** The time of a workflow: when its current task began, and the same again in a replay. */
final class WorkflowTime {
    private WorkflowTime() {}

    static Instant now() {
        return Instant.ofEpochMilli(Workflow.currentTimeMillis());
    }
}

package io.nodejoin.visibility.join;

import io.nodejoin.workflows.lifecycle.NodeJoinWorkflow;
import io.nodejoin.workflows.lifecycle.NodeLeaveWorkflow;
import java.util.Arrays;
import java.util.Optional;

/** What a node's workflow does. */
public enum RequestKind {
    JOIN(NodeJoinWorkflow.class),
    LEAVE(NodeLeaveWorkflow.class);

    private final Class<?> workflow;

    RequestKind(Class<?> workflow) {
        this.workflow = workflow;
    }

    String workflowType() {
        return workflow.getSimpleName();
    }

    static Optional<RequestKind> ofWorkflowType(String type) {
        return Arrays.stream(values())
                .filter(kind -> kind.workflowType().equals(type))
                .findFirst();
    }
}

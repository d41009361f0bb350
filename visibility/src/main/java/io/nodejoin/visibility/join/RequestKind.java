package io.nodejoin.visibility.join;

import io.nodejoin.workflows.lifecycle.MachineBindingWorkflow;
import io.nodejoin.workflows.lifecycle.NodeJoinWorkflow;
import io.nodejoin.workflows.lifecycle.NodeLeaveWorkflow;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** What a node's workflow does. */
public enum RequestKind {
    JOIN,
    LEAVE;

    List<String> workflowTypes() {
        return switch (this) {
            case JOIN -> List.of(NodeJoinWorkflow.class.getSimpleName(), MachineBindingWorkflow.class.getSimpleName());
            case LEAVE -> List.of(NodeLeaveWorkflow.class.getSimpleName());
        };
    }

    static Optional<RequestKind> ofWorkflowType(String type) {
        return Arrays.stream(values())
                .filter(kind -> kind.workflowTypes().contains(type))
                .findFirst();
    }
}

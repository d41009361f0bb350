package io.nodejoin.service.cli;

import io.grpc.StatusRuntimeException;
import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.NodeName;
import io.nodejoin.workflows.join.JoinProgress;
import io.nodejoin.workflows.join.NodeJoinWorkflow;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowException;
import io.temporal.client.WorkflowNotFoundException;
import io.temporal.client.WorkflowServiceException;
import java.util.function.Supplier;

/** Asks Temporal about joins; what goes wrong becomes a message and an exit code. */
final class JoinLookup {
    private final WorkflowClient client;

    JoinLookup(WorkflowClient client) {
        this.client = client;
    }

    /** The latest join of a node. */
    JoinProgress progress(ClusterName cluster, NodeName node) {
        try {
            return reach(() -> client.newUntypedWorkflowStub(NodeJoinWorkflow.id(cluster, node))
                    .query("progress", JoinProgress.class));
        } catch (WorkflowNotFoundException e) {
            throw new CliException(ExitCodes.NOT_FOUND, "no join of " + node + " to " + cluster + " is known", e);
        } catch (WorkflowException e) {
            throw new CliException(
                    ExitCodes.UNREACHABLE, "no worker of Nodejoin answers for " + node + ": is the service up?", e);
        }
    }

    static <T> T reach(Supplier<T> call) {
        try {
            return call.get();
        } catch (StatusRuntimeException e) {
            throw unreachable(e);
        } catch (WorkflowServiceException e) {
            if (e.getCause() instanceof StatusRuntimeException status) {
                throw unreachable(status);
            }
            throw e;
        }
    }

    private static CliException unreachable(StatusRuntimeException e) {
        return new CliException(
                ExitCodes.UNREACHABLE,
                "cannot reach Temporal: " + e.getStatus().getCode() + "; set TEMPORAL_ADDRESS or give --config FILE",
                e);
    }
}

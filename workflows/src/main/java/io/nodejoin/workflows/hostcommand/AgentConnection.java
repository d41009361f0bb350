package io.nodejoin.workflows.hostcommand;

import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The gateway replica that holds an agent's connection.
 *
 * @param taskQueue task queue of the gateway replica, see {@link io.nodejoin.workflows.temporal.TaskQueues#gateway}
 * @param agentInstance id of the agent process
 * @param replicaProcess id of the gateway process, since a new process may reuse the name and the task queue of an
 *     earlier one; absent if unknown
 */
public record AgentConnection(
        String taskQueue, UUID agentInstance, @Nullable UUID replicaProcess) {
    /** Returns whether the same gateway process holds both connections. */
    boolean isSameReplicaAs(AgentConnection other) {
        return taskQueue.equals(other.taskQueue) && Objects.equals(replicaProcess, other.replicaProcess);
    }
}

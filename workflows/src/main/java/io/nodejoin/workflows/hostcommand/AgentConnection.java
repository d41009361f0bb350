package io.nodejoin.workflows.hostcommand;

import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Where the agent can be reached.
 *
 * @param taskQueue of the gateway replica, see {@link io.nodejoin.workflows.temporal.TaskQueues#gateway}
 * @param agentInstance the agent process
 * @param replicaProcess the process of the gateway, which may have the name and the queue of one that is gone; absent from replicas of
 *     earlier versions
 */
public record AgentConnection(
        String taskQueue, UUID agentInstance, @Nullable UUID replicaProcess) {
    /** Whether the same process of the gateway holds both. */
    boolean isSameReplicaAs(AgentConnection other) {
        return taskQueue.equals(other.taskQueue) && Objects.equals(replicaProcess, other.replicaProcess);
    }
}

package io.nodejoin.workflows.join;

import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Where the agent can be reached.
 *
 * @param taskQueue of the gateway replica, see {@link io.nodejoin.workflows.queue.TaskQueues#gateway}
 * @param instance the agent process
 * @param replica the process of the gateway, which may have the name and the queue of one that is gone; absent from replicas of
 *     earlier versions
 */
public record AgentConnection(
        String taskQueue, UUID instance, @Nullable UUID replica) {
    /** Whether the same process of the gateway holds both. */
    boolean isAtReplicaOf(AgentConnection other) {
        return taskQueue.equals(other.taskQueue) && Objects.equals(replica, other.replica);
    }
}

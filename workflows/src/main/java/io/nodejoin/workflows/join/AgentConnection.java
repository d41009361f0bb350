package io.nodejoin.workflows.join;

import java.util.UUID;

/**
 * Where the agent can be reached.
 *
 * @param taskQueue of the gateway replica, see {@link io.nodejoin.workflows.queue.TaskQueues#gateway}
 * @param instance the agent process
 */
public record AgentConnection(String taskQueue, UUID instance) {}

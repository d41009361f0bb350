package io.nodejoin.workflows.temporal;

/** The task queues of Nodejoin, from stable names only. */
public final class TaskQueues {
    /** Workflows and all activities except those that need a host's connection. */
    public static final String NODEJOIN = "nodejoin";

    private TaskQueues() {}

    /** The queue of the gateway replica with this instance name; host activities run where the agent is connected. */
    public static String gateway(String instance) {
        return NODEJOIN + "-gateway-" + instance;
    }
}

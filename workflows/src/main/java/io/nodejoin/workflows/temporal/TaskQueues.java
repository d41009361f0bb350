package io.nodejoin.workflows.temporal;

/** The names of Nodejoin's task queues. */
public final class TaskQueues {
    /** The task queue of the workflows, and of all activities that need neither a host connection nor the approver. */
    public static final String NODEJOIN = "nodejoin";

    /** The task queue of the activities that decide certificate requests: their workers alone may approve. */
    public static final String APPROVER = NODEJOIN + "-approver";

    private TaskQueues() {}

    /**
     * Returns the task queue of the gateway replica with this instance name; host activities run where the agent is
     * connected.
     */
    public static String gateway(String instance) {
        return NODEJOIN + "-gateway-" + instance;
    }
}

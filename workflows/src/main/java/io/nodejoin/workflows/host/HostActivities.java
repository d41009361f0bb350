package io.nodejoin.workflows.host;

import io.nodejoin.protocol.agent.HostResult;
import io.temporal.activity.ActivityInterface;

/**
 * Commands to the worker-agent of one host, on the queue of the gateway replica that holds its connection. Each method
 * hands the assignment out and waits for its result; the agent's progress is the activity's heartbeat. A second call with
 * the same assignment id gets the result that the agent has recorded. What the host refuses or fails at is a value.
 */
@ActivityInterface(namePrefix = "Host_")
public interface HostActivities {

    /** Checks the host without changing it. */
    HostResult preflight(HostOrder order);

    /** Brings the host into the state of its profile. */
    HostResult prepareHost(HostOrder order);

    /** Starts the kubelet with the sealed token; ends once the token is refused with 401 and wiped. */
    HostResult startKubelet(HostOrder order);

    /** Takes back what earlier commands changed. */
    HostResult resetHost(HostOrder order);

    /** Collects redacted log lines. */
    HostResult collectDiagnostics(HostOrder order);
}

package io.nodejoin.workflows.hostcommand;

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
    HostResult preflight(HostCommandRequest request);

    /** Brings the host into the state of its profile. */
    HostResult prepareHost(HostCommandRequest request);

    /** Starts the kubelet with the sealed token; ends once the token is refused with 401 and wiped. */
    HostResult startKubelet(HostCommandRequest request);

    /** Takes back what earlier commands changed. */
    HostResult resetHost(HostCommandRequest request);

    /** Collects redacted log lines. */
    HostResult collectDiagnostics(HostCommandRequest request);
}

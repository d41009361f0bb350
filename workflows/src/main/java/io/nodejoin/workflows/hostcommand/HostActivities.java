package io.nodejoin.workflows.hostcommand;

import io.nodejoin.protocol.agent.HostResult;
import io.temporal.activity.ActivityInterface;

/**
 * Commands to the worker-agent of one host, on the task queue of the gateway replica that holds its connection. Each
 * method delivers the assignment and waits for its result; the heartbeat details carry the agent's progress.
 * Idempotent: a second call with the same assignment id returns the result that the agent has recorded. A command that
 * the host rejects or cannot complete is a result, not an exception.
 */
@ActivityInterface(namePrefix = "Host_")
public interface HostActivities {

    /** Checks the host without changing it. */
    HostResult preflight(HostCommandRequest request);

    /** Brings the host into the state of its profile and settings. */
    HostResult prepareHost(HostCommandRequest request);

    /**
     * Starts the kubelet with the sealed token; completes once the API server rejects the token with 401 and the host
     * has erased it.
     */
    HostResult startKubelet(HostCommandRequest request);

    /** Undoes the changes of earlier commands. */
    HostResult resetHost(HostCommandRequest request);

    /** Collects redacted lines of the kubelet's log. */
    HostResult collectDiagnostics(HostCommandRequest request);
}

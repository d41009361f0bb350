package io.nodejoin.workflows.join;

import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.NodeName;
import io.nodejoin.workflows.failure.JoinFailures;
import io.nodejoin.workflows.hostcommand.HostCommandClient;
import io.nodejoin.workflows.lifecycle.Enrollment;
import io.nodejoin.workflows.temporal.StepOptions;
import io.nodejoin.workflows.temporal.WorkflowTime;

/** The wait for the agent of a node. Its time begins anew when a gateway reports that the agent waits for its turn. */
record AgentWait(NodeName node, Enrollment enrollment, HostCommandClient host) {

    /** Returns the agent's public key once it is enrolled and connected. */
    String await() {
        int waits;
        do {
            waits = enrollment.turnWaits();
        } while (!awaitConnectionOrReport(waits) && enrollment.turnWaits() > waits);
        if (!isConnected()) {
            String missing = enrollment.publicKey().isPresent() ? "enrolled but did not connect" : "did not enroll";
            throw JoinFailures.of(
                    ErrorCode.AGENT_UNREACHABLE,
                    "the worker-agent of " + node + " " + missing + " within "
                            + StepOptions.AGENT_CONNECT_TIMEOUT.toMinutes() + " min");
        }
        return enrollment.publicKey().orElseThrow();
    }

    /** Returns whether the agent is connected. */
    private boolean awaitConnectionOrReport(int waits) {
        boolean _ = WorkflowTime.awaitWithCatchUp(
                "Wait for the worker-agent of " + node,
                StepOptions.AGENT_CONNECT_TIMEOUT,
                () -> isConnected() || enrollment.turnWaits() > waits);
        return isConnected();
    }

    private boolean isConnected() {
        return enrollment.publicKey().isPresent() && host.isConnected();
    }
}

package io.nodejoin.activities.host;

import io.nodejoin.workflows.join.AgentConnection;
import io.nodejoin.workflows.join.EnrollmentProof;
import io.nodejoin.workflows.join.HostReport;
import java.util.Optional;

/**
 * What the gateway asks of and tells to the running joins. Every method may be called again with the same arguments, and
 * throws a {@link RuntimeException} if it could not find out.
 */
public interface JoinWorkflows {

    /** Identifies the run that holds this node now; another one is another join. Empty if none runs. */
    Optional<String> runningJoin(AgentIdentity agent);

    /** The join's decision on this proof, or empty if no join of that name runs. */
    Optional<EnrollmentDecision> enroll(AgentIdentity agent, EnrollmentProof proof);

    /** Tells the running join where its agent is; false if none runs. */
    boolean agentConnected(AgentIdentity agent, AgentConnection connection);

    /** Tells the running join that a command has reached a mark; false if none runs. */
    boolean hostReported(AgentIdentity agent, HostReport report);
}

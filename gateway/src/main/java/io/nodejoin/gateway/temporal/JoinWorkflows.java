package io.nodejoin.gateway.temporal;

import io.nodejoin.protocol.JoinId;
import io.nodejoin.workflows.hostcommand.AgentConnection;
import io.nodejoin.workflows.hostcommand.MilestoneReport;
import io.nodejoin.workflows.lifecycle.EnrollmentProof;
import io.nodejoin.workflows.node.NodeRef;
import java.util.Optional;

/**
 * What the gateway asks of and tells to the running joins. Every method may be called again with the same arguments, and
 * throws a {@link RuntimeException} if it could not find out.
 */
public interface JoinWorkflows {

    /** The join that holds this node now, or empty if none does. */
    Optional<RunningJoin> findRunningJoin(NodeRef node);

    /** Whether the latest join of this node is this one and has ended with a joined node. */
    boolean isJoined(NodeRef node, JoinId join);

    /** The join's decision on this proof, or empty if no join of that name runs. */
    Optional<EnrollmentDecision> enroll(NodeRef node, EnrollmentProof proof);

    /** Tells this run where its agent is; false if it has ended. */
    boolean agentConnected(NodeRef node, String run, AgentConnection connection);

    /** Tells this run that a command has reached a mark; false if it has ended. */
    boolean milestoneReached(NodeRef node, String run, MilestoneReport report);
}

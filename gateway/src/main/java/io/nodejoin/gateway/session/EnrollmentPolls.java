package io.nodejoin.gateway.session;

import io.nodejoin.gateway.agentca.AgentIdentity;
import io.nodejoin.protocol.agent.Assignment;
import io.nodejoin.workflows.hostcommand.AgentConnection;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ExecutionException;

/** Polls for agents that enroll, so that the response to an enrollment carries the first command of its join. */
public final class EnrollmentPolls {
    private final AgentSessions sessions;
    private final AgentPresence presence;

    public EnrollmentPolls(AgentSessions sessions, AgentPresence presence) {
        this.sessions = sessions;
        this.presence = presence;
    }

    /** Returns the connection that the join receives with the enrollment of this agent process. */
    public AgentConnection connection(UUID instance) {
        return presence.connection(instance);
    }

    /**
     * Waits a short time for the first command; without one the agent's next poll tells it what to do. That poll also
     * reports its connection: until a command has come through this replica, an enrollment through another one may be the
     * newer for the join.
     *
     * @param run the run of the join, which has received the connection
     */
    public Optional<Assignment> awaitFirstCommand(AgentIdentity agent, UUID instance, String run)
            throws InterruptedException {
        AgentSession session = sessions.session(agent);
        try {
            if (session.pollEnrolled(instance, run).get() instanceof PollResult.Command(var assignment)) {
                return Optional.of(assignment);
            }
        } catch (ExecutionException e) {
            throw new IllegalStateException("a poll is never completed with a failure", e);
        }
        session.invalidatePresence();
        return Optional.empty();
    }
}

package io.nodejoin.gateway.query;

import io.nodejoin.gateway.admission.JoinAdmission;
import io.nodejoin.gateway.agentca.AgentIdentity;
import io.nodejoin.gateway.enrollment.WaitingAgents;
import io.nodejoin.gateway.session.AgentSession;
import io.nodejoin.gateway.session.AgentSessions;
import io.nodejoin.workflows.gateway.ConnectedAgent;
import io.nodejoin.workflows.gateway.GatewayAgents;
import io.nodejoin.workflows.gateway.GatewayWorkflow;
import io.nodejoin.workflows.gateway.HostLogPage;
import io.nodejoin.workflows.gateway.HostLogQuery;
import io.nodejoin.workflows.gateway.WaitingAgent;
import io.nodejoin.workflows.pool.PoolRef;
import io.temporal.workflow.Workflow;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** Answers from the memory of this process. The workflow has no state of its own, so a replay of it is always the same. */
public final class GatewayQueries implements GatewayWorkflow {
    private final AgentSessions sessions;
    private final WaitingAgents waitingAgents;
    private final JoinAdmission admission;
    private final InstantSource clock;

    public GatewayQueries(
            AgentSessions sessions, WaitingAgents waitingAgents, JoinAdmission admission, InstantSource clock) {
        this.sessions = sessions;
        this.waitingAgents = waitingAgents;
        this.admission = admission;
        this.clock = clock;
    }

    @Override
    public void run() {
        Workflow.await(() -> false);
    }

    @Override
    public HostLogPage hostLog(HostLogQuery query) {
        return sessions.find(new AgentIdentity(query.node(), query.join()))
                .map(session -> session.readLog(query.instance(), query.after()))
                .orElseGet(() -> new HostLogPage(false, null, List.of()));
    }

    @Override
    public GatewayAgents agents() {
        Instant now = clock.instant();
        List<ConnectedAgent> connected = sessions.all().stream()
                .flatMap(session -> connected(session, now))
                .sorted(Comparator.comparing(ConnectedAgent::since))
                .toList();
        List<WaitingAgent> waiting = waitingAgents.list().stream()
                .map(agent -> new WaitingAgent(
                        agent.node(),
                        agent.address(),
                        now.minus(agent.waitedFor()),
                        agent.profile(),
                        admission.waitReason(agent.node()).orElse(null)))
                .sorted(Comparator.comparing(WaitingAgent::since))
                .toList();
        return new GatewayAgents(
                connected.size(),
                connected.stream().limit(GatewayAgents.MAX_LISTED).toList(),
                waiting.size(),
                waiting.stream().limit(GatewayAgents.MAX_LISTED).toList());
    }

    @Override
    public boolean resumePool(PoolRef pool) {
        return admission.resume(pool.cluster(), pool.pool());
    }

    private static Stream<ConnectedAgent> connected(AgentSession session, Instant now) {
        return session.connectedFor().stream()
                .map(time -> new ConnectedAgent(
                        session.agent().node(), session.agent().join(), now.minus(time)));
    }
}

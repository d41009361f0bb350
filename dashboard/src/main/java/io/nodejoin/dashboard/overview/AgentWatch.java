package io.nodejoin.dashboard.overview;

import io.nodejoin.visibility.agent.AgentDirectory;
import io.nodejoin.visibility.agent.AgentList;
import io.nodejoin.visibility.agent.ReplicaAnswers;
import io.nodejoin.visibility.join.Lookup;
import io.nodejoin.workflows.gateway.GatewayAgents;
import io.nodejoin.workflows.gateway.WaitingAgent;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.Executor;

/** Who waits for a request, as it was some seconds ago: no page waits for a gateway replica that is gone. */
public final class AgentWatch {
    private static final Duration REUSED_FOR = Duration.ofSeconds(10);

    private final AgentDirectory agents;
    private final InstantSource clock;
    private final Executor executor;
    private List<WaitingAgent> waiting = List.of();
    private Instant askedAt = Instant.EPOCH;

    /** @param executor asks the replicas */
    public AgentWatch(AgentDirectory agents, InstantSource clock, Executor executor) {
        this.agents = agents;
        this.clock = clock;
        this.executor = executor;
    }

    /** Returns those that wait without a request for at least so long, and asks anew if that is known for a while. */
    synchronized List<WaitingAgent> waitingFor(Duration time) {
        Instant now = clock.instant();
        if (!askedAt.plus(REUSED_FOR).isAfter(now)) {
            askedAt = now;
            executor.execute(this::ask);
        }
        return waiting.stream()
                .filter(agent -> agent.reason() == null)
                .filter(agent -> !agent.since().plus(time).isAfter(now))
                .toList();
    }

    private void ask() {
        if (agents.agents()
                instanceof Lookup.Found<ReplicaAnswers<GatewayAgents>>(ReplicaAnswers<GatewayAgents> answers)) {
            List<WaitingAgent> found = AgentList.of(answers).waiting();
            synchronized (this) {
                waiting = found;
            }
        }
    }
}

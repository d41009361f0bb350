package io.nodejoin.visibility.agent;

import io.nodejoin.workflows.gateway.ConnectedAgent;
import io.nodejoin.workflows.gateway.GatewayAgents;
import io.nodejoin.workflows.gateway.WaitingAgent;
import io.nodejoin.workflows.node.NodeRef;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The agents at all gateway replicas, those that have been there longest first.
 *
 * @param connectedCount how many are connected; the list may have fewer
 * @param waitingCount how many wait for a request; the list may have fewer
 * @param silent the replicas that did not answer, whose agents are missing
 */
public record AgentList(
        int connectedCount,
        List<Connected> connected,
        int waitingCount,
        List<WaitingAgent> waiting,
        List<String> silent) {
    public AgentList {
        connected = List.copyOf(connected);
        waiting = List.copyOf(waiting);
        silent = List.copyOf(silent);
    }

    /** An enrolled agent, and the gateway replica that it is connected to. */
    public record Connected(ConnectedAgent agent, String replica) {}

    private record Claim(NodeRef node, String address) {}

    /** Merges the answers. An agent that waits may have asked at several replicas. */
    public static AgentList of(ReplicaAnswers<GatewayAgents> answers) {
        List<Connected> connected = new ArrayList<>();
        Map<Claim, WaitingAgent> waiting = new LinkedHashMap<>();
        int connectedCount = 0;
        int unlisted = 0;
        for (Map.Entry<String, GatewayAgents> replica : answers.byReplica().entrySet()) {
            GatewayAgents agents = replica.getValue();
            connectedCount += agents.connectedCount();
            unlisted += agents.waitingCount() - agents.waiting().size();
            agents.connected().forEach(agent -> connected.add(new Connected(agent, replica.getKey())));
            agents.waiting()
                    .forEach(agent -> waiting.merge(
                            new Claim(agent.node(), agent.address()),
                            agent,
                            (one, other) -> one.since().isBefore(other.since()) ? one : other));
        }
        connected.sort(Comparator.comparing(entry -> entry.agent().since()));
        return new AgentList(
                connectedCount,
                connected,
                waiting.size() + unlisted,
                waiting.values().stream()
                        .sorted(Comparator.comparing(WaitingAgent::since))
                        .toList(),
                answers.silent());
    }
}

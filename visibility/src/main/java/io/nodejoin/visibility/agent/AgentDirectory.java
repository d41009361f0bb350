package io.nodejoin.visibility.agent;

import io.nodejoin.visibility.join.Lookup;
import io.nodejoin.workflows.gateway.GatewayAgents;
import io.nodejoin.workflows.gateway.HostLogPage;
import io.nodejoin.workflows.gateway.HostLogQuery;

/** What the gateway replicas know of agents. Each call asks all of them at once, and blocks for a few seconds at most. */
public interface AgentDirectory {
    /** Returns what each replica has of a host's log, and lets the agent send more, as the query says. */
    Lookup<ReplicaAnswers<HostLogPage>> hostLog(HostLogQuery query);

    /** Returns the agents at each replica. */
    Lookup<ReplicaAnswers<GatewayAgents>> agents();
}

package io.nodejoin.visibility.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.NodeName;
import io.nodejoin.workflows.gateway.ConnectedAgent;
import io.nodejoin.workflows.gateway.GatewayAgents;
import io.nodejoin.workflows.gateway.WaitingAgent;
import io.nodejoin.workflows.node.NodeRef;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class AgentListTest {
    private static ConnectedAgent connected(String name, long second) {
        return new ConnectedAgent(node(name), JoinId.of("test", name), Instant.ofEpochSecond(second));
    }

    private static WaitingAgent waiting(String name, String address, long second) {
        return new WaitingAgent(node(name), address, Instant.ofEpochSecond(second), null, null);
    }

    private static NodeRef node(String name) {
        return new NodeRef(new ClusterName("fra-1"), new NodeName(name));
    }

    @Test
    void shouldNameAnAgentOnceThatWaitsAtSeveralReplicas() {
        // given
        GatewayAgents one = new GatewayAgents(
                1,
                List.of(connected("n1", 20)),
                2,
                List.of(waiting("n3", "192.0.2.3", 7), waiting("n4", "192.0.2.4", 9)));
        GatewayAgents other = new GatewayAgents(
                7,
                List.of(connected("n2", 10)),
                3,
                List.of(waiting("n3", "192.0.2.3", 5), waiting("n3", "192.0.2.99", 6)));

        // when
        AgentList list = AgentList.of(new ReplicaAnswers<>(Map.of("a", one, "b", other), List.of("c")));

        // then
        assertThat(list.connectedCount()).isEqualTo(8);
        assertThat(list.connected())
                .containsExactly(
                        new AgentList.Connected(connected("n2", 10), "b"),
                        new AgentList.Connected(connected("n1", 20), "a"));
        assertThat(list.waitingCount()).isEqualTo(4);
        assertThat(list.waiting())
                .containsExactly(
                        waiting("n3", "192.0.2.3", 5), waiting("n3", "192.0.2.99", 6), waiting("n4", "192.0.2.4", 9));
        assertThat(list.silent()).containsExactly("c");
    }
}

package io.nodejoin.dashboard.preview;

import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.NodeName;
import io.nodejoin.protocol.agent.HostLogLine;
import io.nodejoin.protocol.event.HostProfile;
import io.nodejoin.visibility.agent.AgentDirectory;
import io.nodejoin.visibility.agent.ReplicaAnswers;
import io.nodejoin.visibility.join.Lookup;
import io.nodejoin.workflows.gateway.ConnectedAgent;
import io.nodejoin.workflows.gateway.GatewayAgents;
import io.nodejoin.workflows.gateway.HostLogPage;
import io.nodejoin.workflows.gateway.HostLogQuery;
import io.nodejoin.workflows.gateway.WaitingAgent;
import io.nodejoin.workflows.node.NodeRef;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** One gateway replica with an agent that is connected and one that waits, and one that does not answer. */
public final class InventedAgents implements AgentDirectory {
    private static final List<String> SILENT = List.of("nodejoin-1");

    private final InstantSource clock;

    public InventedAgents(InstantSource clock) {
        this.clock = clock;
    }

    @Override
    public Lookup<ReplicaAnswers<HostLogPage>> hostLog(HostLogQuery query) {
        Instant now = clock.instant();
        List<HostLogLine> lines = List.of(
                new HostLogLine(1, now.minusSeconds(3), "nodejoin-agent.service", "INFO StartKubelet accepted"),
                new HostLogLine(
                        2, now.minusSeconds(2), "kubelet.service", "cni plugin not initialized <script>alert(1)"),
                new HostLogLine(9, now.minusSeconds(1), "kubelet.service", "hostile \u001b[2J \u202etxt"));
        return new Lookup.Found<>(new ReplicaAnswers<>(
                Map.of("nodejoin-0", new HostLogPage(true, new UUID(0, 1), lines)), SILENT));
    }

    @Override
    public Lookup<ReplicaAnswers<GatewayAgents>> agents() {
        Instant now = clock.instant();
        NodeRef connected = new NodeRef(InventedJoins.FRA, new NodeName("worker-0001.fra.example"));
        NodeRef waiting = new NodeRef(InventedJoins.BER, new NodeName("forgotten.ber.example"));
        GatewayAgents agents = new GatewayAgents(
                1,
                List.of(new ConnectedAgent(connected, JoinId.of("invented", "1"), now.minusSeconds(42))),
                1,
                List.of(new WaitingAgent(
                        waiting, "192.0.2.7", now.minus(Duration.ofMinutes(20)), HostProfile.CONTAINERD, null)));
        return new Lookup.Found<>(new ReplicaAnswers<>(Map.of("nodejoin-0", agents), SILENT));
    }
}

package io.nodejoin.service.intake;

import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.NodeName;
import io.nodejoin.protocol.PoolName;
import io.nodejoin.protocol.agent.TlsBootstrap;
import io.nodejoin.protocol.event.HostProfile;
import io.nodejoin.protocol.event.JoinRequested;
import io.nodejoin.service.intake.Rejection.Sender;
import io.nodejoin.workflows.csr.ApprovalMode;
import io.nodejoin.workflows.lifecycle.JoinPolicy;
import io.nodejoin.workflows.lifecycle.JoinRequest;
import io.nodejoin.workflows.node.NodeObject;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Requests that join a machine. */
final class JoinRequests {
    static final ClusterName CLUSTER = new ClusterName("fra-1");
    static final String ENROLLMENT = "0f".repeat(32);

    private JoinRequests() {}

    /** The request of a node that was made so many seconds later than its first one could be. */
    static JoinRequest of(String node, Instant born, int second) {
        return of(node, born, second, null, null);
    }

    /** Such a request with a pool, to which it may be confined. */
    static JoinRequest of(
            String node, Instant born, int second, @Nullable PoolName pool, @Nullable Boolean confinedToPool) {
        JoinRequested wanted = new JoinRequested(
                CLUSTER,
                new NodeName(node),
                ENROLLMENT,
                List.of(),
                Map.of(),
                List.of(),
                null,
                HostProfile.CONTAINERD,
                List.of(),
                null,
                null,
                null,
                null,
                pool,
                null);
        return new JoinRequest(
                JoinId.of("test", node + "/" + second),
                born.plusSeconds(second),
                wanted,
                born.plus(Duration.ofHours(1)),
                new JoinPolicy(
                        ApprovalMode.NODEJOIN,
                        TlsBootstrap.AGENT,
                        NodeObject.NODEJOIN,
                        Duration.ofMinutes(10),
                        List.of(),
                        null,
                        null),
                confinedToPool);
    }

    static RequestDecision.Start verdict(JoinRequest request) {
        return new RequestDecision.Start(
                request, new Sender(CLUSTER.value(), request.node().name().value(), "id", null, null));
    }
}

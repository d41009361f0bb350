package io.nodejoin.workflows.lifecycle;

import io.nodejoin.protocol.agent.ArtifactDigest;
import io.nodejoin.protocol.agent.HostSettings;
import io.nodejoin.protocol.agent.TlsBootstrap;
import io.nodejoin.workflows.csr.ApprovalMode;
import io.nodejoin.workflows.node.NodeObject;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The settings of a cluster's joins in the service's configuration, as of the admission of the join.
 *
 * @param approval who approves CSRs in this cluster
 * @param tlsBootstrap who requests the kubelet's certificate
 * @param nodeObject who creates the Node
 * @param tokenTtl the maximum validity of a token, at most 15 minutes
 * @param kubeletDigests digests of the accepted kubelets; empty means any
 * @param hostSettings the cluster's settings of its hosts beyond their profile; absent means none
 * @param certificateLifetime the lifetime that is requested for a kubelet's client certificate; absent means the cluster's
 *     default
 */
public record JoinPolicy(
        ApprovalMode approval,
        TlsBootstrap tlsBootstrap,
        NodeObject nodeObject,
        Duration tokenTtl,
        List<ArtifactDigest> kubeletDigests,
        @Nullable HostSettings hostSettings,
        @Nullable Duration certificateLifetime) {
    public JoinPolicy {
        kubeletDigests = List.copyOf(kubeletDigests);
    }
}

package io.nodejoin.service.config;

import io.nodejoin.client.config.Check;
import io.nodejoin.protocol.agent.ArtifactDigest;
import io.nodejoin.protocol.agent.HostSettings;
import io.nodejoin.protocol.agent.TlsBootstrap;
import io.nodejoin.workflows.csr.ApprovalMode;
import io.nodejoin.workflows.node.NodeObject;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One entry of the section {@code clusters}.
 *
 * @param kubeconfigFile Nodejoin's own credential, as {@code nodejoin cluster prepare} writes it; reloaded when it
 *     changes
 * @param approval who approves CSRs
 * @param tlsBootstrap who requests the kubelets' certificates
 * @param nodeObject who creates the Nodes
 * @param strict whether joins fail while the cluster's RBAC bypasses that approver; if not, there is a warning
 * @param kubeletDigests allowed digests of the kubelet, as {@code sha256:} and hex digits; empty allows any
 * @param maxTokens maximum number of live tokens; each adds 106 bytes to cluster-info, whose maximum is 1 MiB
 * @param requestKeysFile a JWK set with the keys that verify requests
 * @param unsignedRequests whether a cluster without such keys accepts requests; exactly one of the two must be said
 * @param uid the UID of the cluster's namespace kube-system; a credential that leads to another cluster is then not
 *     used
 * @param hosts the cluster's host settings in addition to the profile
 * @param certificateLifetime the lifetime that agents request for the kubelets' client certificates, 10 minutes to a year;
 *     without it the cluster's default. Needs {@code tlsBootstrap: agent}, since a kubelet requests none
 */
public record ClusterConfig(
        Path kubeconfigFile,
        ApprovalMode approval,
        TlsBootstrap tlsBootstrap,
        NodeObject nodeObject,
        Boolean strict,
        List<ArtifactDigest> kubeletDigests,
        Integer maxTokens,
        @Nullable Path requestKeysFile,
        UnsignedRequests unsignedRequests,
        @Nullable UUID uid,
        @Nullable HostSettings hosts,
        @Nullable Duration certificateLifetime) {
    private static final int DEFAULT_MAX_TOKENS = 500;
    private static final int MAX_MAX_TOKENS = 5000;
    /** Kubernetes refuses CSRs with less. */
    private static final Duration MIN_CERTIFICATE_LIFETIME = Duration.ofMinutes(10);

    private static final Duration MAX_CERTIFICATE_LIFETIME = Duration.ofDays(365);

    public ClusterConfig {
        kubeconfigFile = Check.required(kubeconfigFile, "clusters.<name>.kubeconfigFile");
        approval = Check.orDefault(approval, ApprovalMode.NODEJOIN);
        tlsBootstrap = Check.orDefault(tlsBootstrap, TlsBootstrap.AGENT);
        nodeObject = Check.orDefault(nodeObject, NodeObject.NODEJOIN);
        strict = Check.orDefault(strict, true);
        kubeletDigests = List.copyOf(Check.orDefault(kubeletDigests, List.of()));
        maxTokens = Check.range(
                "clusters.<name>.maxTokens", Check.orDefault(maxTokens, DEFAULT_MAX_TOKENS), 1, MAX_MAX_TOKENS);
        unsignedRequests = Check.orDefault(unsignedRequests, UnsignedRequests.REFUSE);
        requireOrigin(requestKeysFile, unsignedRequests);
        if (certificateLifetime != null) {
            Check.range(
                    "clusters.<name>.certificateLifetime",
                    certificateLifetime,
                    MIN_CERTIFICATE_LIFETIME,
                    MAX_CERTIFICATE_LIFETIME);
            if (tlsBootstrap == TlsBootstrap.KUBELET) {
                throw new IllegalArgumentException(
                        "clusters.<name>.certificateLifetime needs tlsBootstrap: agent; a kubelet requests no lifetime");
            }
        }
    }

    private static void requireOrigin(@Nullable Path requestKeysFile, UnsignedRequests unsigned) {
        if (requestKeysFile == null && unsigned == UnsignedRequests.REFUSE) {
            throw new IllegalArgumentException(
                    "clusters.<name>.requestKeysFile is missing: name the keys that sign the cluster's requests, or let whoever may"
                            + " write to the requests topic have machines joined by unsignedRequests: allow");
        }
        if (requestKeysFile != null && unsigned == UnsignedRequests.ALLOW) {
            throw new IllegalArgumentException(
                    "clusters.<name>.unsignedRequests: allow contradicts requestKeysFile; remove one of them");
        }
    }
}

package io.nodejoin.service.config;

import io.nodejoin.protocol.agent.ArtifactDigest;
import io.nodejoin.protocol.agent.HostSettings;
import io.nodejoin.workflows.csr.ApprovalMode;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One entry of the section {@code clusters}.
 *
 * @param kubeconfigFile Nodejoin's own credential, as {@code nodejoin cluster prepare} writes it; read again when it changes
 * @param approval who approves certificates
 * @param strict whether joins are refused while the cluster's own rights go round that; if not, there is a warning
 * @param kubeletDigests the kubelets that may be started, as {@code sha256:} and hex digits; empty means any
 * @param maxTokens how many tokens may be alive at a time; each has 106 bytes in cluster-info, which holds 1 MiB
 * @param requestKeysFile a JWK set with the keys that sign requests for it; without, unsigned requests are believed
 * @param uid the UID of its namespace kube-system; a credential that leads elsewhere is then not used
 * @param hosts what the cluster wants of its hosts beyond their profile
 */
public record ClusterConfig(
        Path kubeconfigFile,
        ApprovalMode approval,
        Boolean strict,
        List<ArtifactDigest> kubeletDigests,
        Integer maxTokens,
        @Nullable Path requestKeysFile,
        @Nullable UUID uid,
        @Nullable HostSettings hosts) {
    private static final int DEFAULT_MAX_TOKENS = 500;
    private static final int MAX_MAX_TOKENS = 5000;

    public ClusterConfig {
        kubeconfigFile = Check.required(kubeconfigFile, "clusters.<name>.kubeconfigFile");
        approval = Check.orDefault(approval, ApprovalMode.NODEJOIN);
        strict = Check.orDefault(strict, true);
        kubeletDigests = List.copyOf(Check.orDefault(kubeletDigests, List.of()));
        maxTokens = Check.range(
                "clusters.<name>.maxTokens", Check.orDefault(maxTokens, DEFAULT_MAX_TOKENS), 1, MAX_MAX_TOKENS);
    }
}

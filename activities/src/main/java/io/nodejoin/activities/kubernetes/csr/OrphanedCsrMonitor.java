package io.nodejoin.activities.kubernetes.csr;

import io.fabric8.kubernetes.api.model.certificates.v1.CertificateSigningRequest;
import io.nodejoin.activities.EffectGuard;
import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.discovery.TokenId;
import io.nodejoin.workflows.csr.DeniedCsrs;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Denies the pending requests of one cluster's tokens whose joins are over. The garbage collector, which revokes such tokens,
 * may run in a process that can decide no request. Not thread-safe.
 */
public final class OrphanedCsrMonitor {
    private static final Logger LOG = LoggerFactory.getLogger(OrphanedCsrMonitor.class);

    private final ClusterName cluster;
    private final KubernetesCertificateActivities certificates;
    private final Supplier<Set<TokenId>> ledger;
    private final EffectGuard guard;

    /**
     * @param certificates whose watches are read
     * @param ledger reads which tokens may exist; an entry is older than its token, and so than the token's requests
     * @param guard checked before each denial
     */
    public OrphanedCsrMonitor(
            ClusterName cluster,
            KubernetesCertificateActivities certificates,
            Supplier<Set<TokenId>> ledger,
            EffectGuard guard) {
        this.cluster = cluster;
        this.certificates = certificates;
        this.ledger = ledger;
        this.guard = guard;
    }

    /** Denies what is pending without an entry in the ledger, which is read after the requests. */
    public void run() {
        List<CertificateSigningRequest> pending = certificates.cachedRequests(cluster).stream()
                .filter(CsrStatus::isPending)
                .toList();
        Set<TokenId> tokens = TokenMisuseMonitor.byToken(pending).keySet();
        if (tokens.isEmpty()) {
            return;
        }
        Set<TokenId> known = ledger.get();
        Set<TokenId> orphaned =
                tokens.stream().filter(token -> !known.contains(token)).collect(Collectors.toSet());
        for (TokenId token : orphaned) {
            DeniedCsrs denied = certificates.denyOrphaned(cluster, token, guard);
            LOG.info(
                    "denied the requests {} of token {} in cluster {}: its join is over",
                    denied.names(),
                    token,
                    cluster);
        }
    }
}

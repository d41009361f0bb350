package io.nodejoin.activities.kubernetes.csr;

import io.fabric8.kubernetes.api.model.certificates.v1.CertificateSigningRequest;
import io.nodejoin.activities.audit.AuditEntry;
import io.nodejoin.activities.audit.AuditLog;
import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.discovery.TokenId;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Watches what the holders of one cluster's tokens request of other signers, which the admission policy refuses unless it
 * is missing, and how often they request a kubelet's certificate. Revokes the token of one that requests too much: requests
 * fill etcd. Not thread-safe.
 */
public final class TokenMisuseMonitor {
    /** Requests of other signers until the token is revoked. No host makes one. */
    static final int MAX_FOREIGN_REQUESTS = 3;
    /**
     * Requests for a kubelet's certificate until the token is revoked. Far more than a host makes, so that a thief cannot
     * easily end the join of a host whose key is known.
     */
    static final int MAX_KUBELET_REQUESTS = 100;

    private static final Logger LOG = LoggerFactory.getLogger(TokenMisuseMonitor.class);
    private static final String GROUP = "system:bootstrappers:nodejoin";
    private static final String USER_PREFIX = "system:bootstrap:";

    private final ClusterName cluster;
    private final KubernetesCertificateActivities certificates;
    private final Revoker revoker;
    private final AuditLog audit;
    private final Consumer<ClusterName> foreignCounter;
    /** UIDs of the counted requests of other signers. */
    private final Set<String> counted = new HashSet<>();

    private final Set<TokenId> revoked = new HashSet<>();

    /** Deletes the Secret of a token. Succeeds if it is absent. */
    @FunctionalInterface
    public interface Revoker {
        /** Returns whether the token existed. */
        boolean revoke(ClusterName cluster, TokenId token);
    }

    /**
     * @param certificates whose watches are read
     * @param foreignCounter receives the cluster for each request of another signer
     */
    public TokenMisuseMonitor(
            ClusterName cluster,
            KubernetesCertificateActivities certificates,
            Revoker revoker,
            AuditLog audit,
            Consumer<ClusterName> foreignCounter) {
        this.cluster = cluster;
        this.certificates = certificates;
        this.revoker = revoker;
        this.audit = audit;
        this.foreignCounter = foreignCounter;
    }

    /** Counts new requests and revokes misused tokens. */
    public void run() {
        Map<TokenId, List<CertificateSigningRequest>> foreign = byToken(certificates.cachedForeignRequests(cluster));
        Map<TokenId, List<CertificateSigningRequest>> own = byToken(certificates.cachedRequests(cluster));
        foreign.forEach((token, requests) -> requests.forEach(csr -> count(token, csr, requests.size())));
        forgetDeleted(List.of(foreign, own));
        foreign.forEach((token, requests) -> revokeIfTooMany(token, requests.size(), MAX_FOREIGN_REQUESTS));
        own.forEach((token, requests) -> revokeIfTooMany(token, requests.size(), MAX_KUBELET_REQUESTS + 1));
    }

    /** The audit log gets the requests that lead to a revocation, not those of a flood. */
    private void count(TokenId token, CertificateSigningRequest csr, int requests) {
        String uid = csr.getMetadata().getUid();
        if (counted.contains(uid)) {
            return;
        }
        if (!revoked.contains(token) && requests <= MAX_FOREIGN_REQUESTS) {
            audit.record(new AuditEntry(
                    cluster,
                    token.value(),
                    "csr.foreign-signer",
                    "certificatesigningrequests/" + csr.getMetadata().getName() + "#" + uid,
                    Map.of("signer", csr.getSpec().getSignerName())));
        }
        counted.add(uid);
        foreignCounter.accept(cluster);
    }

    private void revokeIfTooMany(TokenId token, int requests, int limit) {
        if (requests < limit || revoked.contains(token)) {
            return;
        }
        boolean existed = revoker.revoke(cluster, token);
        revoked.add(token);
        if (existed) {
            LOG.warn("the token {} in cluster {} is revoked after {} certificate requests", token, cluster, requests);
        }
    }

    private void forgetDeleted(List<Map<TokenId, List<CertificateSigningRequest>>> present) {
        counted.retainAll(present.stream()
                .flatMap(requests -> requests.values().stream().flatMap(List::stream))
                .map(csr -> csr.getMetadata().getUid())
                .collect(Collectors.toSet()));
        revoked.retainAll(
                present.stream().flatMap(requests -> requests.keySet().stream()).collect(Collectors.toSet()));
    }

    /** Returns the requests that bearers of Nodejoin's tokens have made, by token. */
    static Map<TokenId, List<CertificateSigningRequest>> byToken(List<CertificateSigningRequest> requests) {
        return requests.stream()
                .filter(csr -> csr.getSpec().getGroups().contains(GROUP)
                        && csr.getSpec().getUsername().startsWith(USER_PREFIX))
                .collect(Collectors.groupingBy(
                        csr -> new TokenId(csr.getSpec().getUsername().substring(USER_PREFIX.length())),
                        HashMap::new,
                        Collectors.toList()));
    }
}

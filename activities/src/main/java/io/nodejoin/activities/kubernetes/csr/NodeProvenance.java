package io.nodejoin.activities.kubernetes.csr;

import io.fabric8.kubernetes.api.model.certificates.v1.CertificateSigningRequest;
import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.NodeName;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Set;

/**
 * Finds the join that created a Node: the last CSR approved for the name before the Node's creation. Kubernetes keeps
 * CSRs for an hour, so the join of an older Node is not found. Pure.
 */
final class NodeProvenance {
    private NodeProvenance() {}

    /**
     * Returns whether this join created the Node.
     *
     * @param all the CSRs of all joins, since another join's later one would have created the Node instead
     * @param users users of the join's tokens
     */
    static boolean isFromJoin(
            List<CertificateSigningRequest> all, NodeName node, Instant createdAt, JoinId join, Set<String> users) {
        return all.stream()
                .filter(CsrStatus::isApproved)
                .filter(csr -> !createdAt(csr).isAfter(createdAt))
                .filter(csr -> isForNode(csr, node))
                .max(Comparator.comparing(NodeProvenance::createdAt))
                .filter(csr ->
                        users.contains(csr.getSpec().getUsername()) || CsrDecisionWriter.isApprovedFor(csr, join))
                .isPresent();
    }

    private static Instant createdAt(CertificateSigningRequest csr) {
        return Instant.parse(csr.getMetadata().getCreationTimestamp());
    }

    private static boolean isForNode(CertificateSigningRequest csr, NodeName node) {
        return ParsedCsr.parse(csr.getSpec().getRequest())
                .flatMap(parsed -> parsed.commonName(KubeletCsrRule.ORGANIZATION))
                .filter((KubeletCsrRule.NODE_PREFIX + node)::equals)
                .isPresent();
    }
}

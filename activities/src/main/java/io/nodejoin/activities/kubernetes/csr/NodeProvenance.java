package io.nodejoin.activities.kubernetes.csr;

import io.fabric8.kubernetes.api.model.certificates.v1.CertificateSigningRequest;
import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.NodeName;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Set;

/**
 * Which join a Node came of: the one whose certificate for the name was approved last before the Node was made. Requests are
 * kept for an hour, so of an older Node nothing is known. Pure.
 */
final class NodeProvenance {
    private NodeProvenance() {}

    /**
     * Whether the Node came of this join.
     *
     * @param all the requests of all joins: a later one of another join would be the Node's origin instead
     * @param users of the join's tokens
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

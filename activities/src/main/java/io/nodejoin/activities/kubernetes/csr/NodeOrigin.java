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
final class NodeOrigin {
    private NodeOrigin() {}

    /**
     * Whether the Node came of this join.
     *
     * @param all the requests of all joins: a later one of another join would be the Node's origin instead
     * @param users of the join's tokens
     */
    static boolean isJoin(
            List<CertificateSigningRequest> all, NodeName node, Instant createdAt, JoinId join, Set<String> users) {
        return all.stream()
                .filter(RequestStatus::isApproved)
                .filter(request -> !madeAt(request).isAfter(createdAt))
                .filter(request -> asksFor(request, node))
                .max(Comparator.comparing(NodeOrigin::madeAt))
                .filter(request ->
                        users.contains(request.getSpec().getUsername()) || DecisionDesk.isApprovedFor(request, join))
                .isPresent();
    }

    private static Instant madeAt(CertificateSigningRequest request) {
        return Instant.parse(request.getMetadata().getCreationTimestamp());
    }

    private static boolean asksFor(CertificateSigningRequest request, NodeName node) {
        return RequestedCertificate.parse(request.getSpec().getRequest())
                .flatMap(parsed -> parsed.commonName(KubeletRule.ORGANIZATION))
                .filter((KubeletRule.NODE_PREFIX + node)::equals)
                .isPresent();
    }
}

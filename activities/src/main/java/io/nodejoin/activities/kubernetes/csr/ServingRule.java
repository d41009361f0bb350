package io.nodejoin.activities.kubernetes.csr;

import io.fabric8.kubernetes.api.model.certificates.v1.CertificateSigningRequest;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.Problem;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** The rules for serving certificates in their order. Each is exact: what is not expected is broken. */
enum ServingRule {
    GROUPS,
    ONE_PEM_BLOCK,
    KEY,
    SELF_SIGNATURE,
    SUBJECT,
    OWN_NAME,
    ALTERNATIVE_NAMES,
    OWNED_NAMES,
    USAGES,
    EXPIRATION,
    IN_TIME;

    private static final String PURPOSE = "server auth";
    private static final Set<String> GROUPS_OF_A_NODE = Set.of("system:nodes", "system:authenticated");
    /**
     * Between the clocks of two API servers of one cluster. A kubelet asks after its registration; what an earlier Node of
     * the name has left behind is older than a whole join.
     */
    private static final Duration SKEW = Duration.ofSeconds(10);
    /** No honest request has more names: one, and an address of each IP family. */
    private static final int MAX_ECHOED = 4;

    Optional<Problem> broken(
            CertificateSigningRequest request, Optional<RequestedCertificate> parsed, ServingNode node) {
        return switch (this) {
            case GROUPS -> groups(request.getSpec().getGroups());
            case ONE_PEM_BLOCK -> KubeletRule.ONE_PEM_BLOCK.broken(request, parsed, PURPOSE);
            case KEY -> KubeletRule.KEY.broken(request, parsed, PURPOSE);
            case SELF_SIGNATURE -> KubeletRule.SELF_SIGNATURE.broken(request, parsed, PURPOSE);
            case SUBJECT -> KubeletRule.SUBJECT.broken(request, parsed, PURPOSE);
            case OWN_NAME -> ownName(request.getSpec().getUsername(), parsed.orElseThrow());
            case ALTERNATIVE_NAMES ->
                KubeletRule.expect(
                        parsed.orElseThrow().onlyAlternativeNames().isPresent(),
                        this,
                        "the request does not carry exactly one extension with alternative names, and nothing else");
            case OWNED_NAMES -> ownedNames(parsed.orElseThrow(), node);
            case USAGES -> KubeletRule.USAGES.broken(request, parsed, PURPOSE);
            case EXPIRATION -> KubeletRule.EXPIRATION.broken(request, parsed, PURPOSE);
            case IN_TIME -> inTime(Instant.parse(request.getMetadata().getCreationTimestamp()), node);
        };
    }

    /** The rule's name for people. */
    String text() {
        return KubeletRule.text(this);
    }

    private static Optional<Problem> groups(List<String> groups) {
        return KubeletRule.expect(
                groups.size() == GROUPS_OF_A_NODE.size() && GROUPS_OF_A_NODE.equals(new HashSet<>(groups)),
                GROUPS,
                "the requester's groups are not exactly those of a node");
    }

    private static Optional<Problem> ownName(String requester, RequestedCertificate certificate) {
        String asked = certificate.commonName(KubeletRule.ORGANIZATION).orElseThrow();
        return asked.equals(requester)
                ? Optional.empty()
                : Optional.of(new Problem(
                        ErrorCode.CSR_CN_NOT_REQUESTER,
                        requester + " asks for a certificate of '" + KubeletRule.echo(asked) + "'"));
    }

    private static Optional<Problem> ownedNames(RequestedCertificate certificate, ServingNode node) {
        return notOwned(certificate.onlyAlternativeNames().orElseThrow(), node);
    }

    /** The problem if these names are not exactly the declared ones, each once. */
    static Optional<Problem> notOwned(List<String> names, ServingNode node) {
        Set<String> declared = ServingRules.names(node.inventory());
        return names.size() == declared.size() && declared.equals(new HashSet<>(names))
                ? Optional.empty()
                : Optional.of(new Problem(
                        ErrorCode.SERVING_SAN_NOT_OWNED,
                        "the names " + echo(names) + " are not exactly those that the join declared, "
                                + new TreeSet<>(declared)));
    }

    private static Optional<Problem> inTime(Instant created, ServingNode node) {
        return created.isBefore(node.registeredAt().minus(SKEW))
                ? Optional.of(new Problem(
                        ErrorCode.CSR_TIMEOUT,
                        "the request of " + created + " is older than the Node, which is of " + node.registeredAt()))
                : Optional.empty();
    }

    private static String echo(List<String> names) {
        List<String> first =
                names.stream().limit(MAX_ECHOED).map(KubeletRule::echo).toList();
        return first + (names.size() > MAX_ECHOED ? " and " + (names.size() - MAX_ECHOED) + " more" : "");
    }
}

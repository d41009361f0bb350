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

/** The rules of serving CSRs in their order. Each is exact: anything unexpected is a violation. */
enum ServingCsrRule {
    GROUPS,
    ONE_PEM_BLOCK,
    KEY,
    PROOF_OF_POSSESSION,
    SUBJECT,
    CN_IS_REQUESTER,
    ALTERNATIVE_NAMES,
    ALLOWED_NAMES,
    USAGES,
    EXPIRATION,
    NEWER_THAN_NODE;

    private static final String PURPOSE = "server auth";
    private static final Set<String> NODE_GROUPS = Set.of("system:nodes", "system:authenticated");
    /**
     * Clock skew between two API servers of one cluster. A kubelet creates its CSR after its registration; CSRs of an
     * earlier Node of the name are older than a whole join.
     */
    private static final Duration MAX_SKEW = Duration.ofSeconds(10);
    /** The SANs of an honest CSR: one name, and an address of each IP family. */
    private static final int MAX_QUOTED_NAMES = 4;

    Optional<Problem> violation(
            CertificateSigningRequest csr, Optional<ParsedCsr> parsed, ServingCsrPolicy.RegisteredNode node) {
        return switch (this) {
            case GROUPS -> groups(csr.getSpec().getGroups());
            case ONE_PEM_BLOCK -> KubeletCsrRule.ONE_PEM_BLOCK.violation(csr, parsed, PURPOSE);
            case KEY -> KubeletCsrRule.KEY.violation(csr, parsed, PURPOSE);
            case PROOF_OF_POSSESSION -> KubeletCsrRule.PROOF_OF_POSSESSION.violation(csr, parsed, PURPOSE);
            case SUBJECT -> KubeletCsrRule.SUBJECT.violation(csr, parsed, PURPOSE);
            case CN_IS_REQUESTER -> ownName(csr.getSpec().getUsername(), parsed.orElseThrow());
            case ALTERNATIVE_NAMES ->
                KubeletCsrRule.violationUnless(
                        parsed.orElseThrow().onlyAlternativeNames().isPresent(),
                        this,
                        "the request does not carry exactly one extension with alternative names, and nothing else");
            case ALLOWED_NAMES -> ownedNames(parsed.orElseThrow(), node);
            case USAGES -> KubeletCsrRule.USAGES.violation(csr, parsed, PURPOSE);
            case EXPIRATION -> KubeletCsrRule.EXPIRATION.violation(csr, parsed, PURPOSE);
            case NEWER_THAN_NODE -> inTime(Instant.parse(csr.getMetadata().getCreationTimestamp()), node);
        };
    }

    /** Returns the rule's name for people. */
    String ruleName() {
        return KubeletCsrRule.nameOf(this);
    }

    private static Optional<Problem> groups(List<String> groups) {
        return KubeletCsrRule.violationUnless(
                groups.size() == NODE_GROUPS.size() && NODE_GROUPS.equals(new HashSet<>(groups)),
                GROUPS,
                "the requester's groups are not exactly those of a node");
    }

    private static Optional<Problem> ownName(String requester, ParsedCsr certificate) {
        String asked = certificate.commonName(KubeletCsrRule.ORGANIZATION).orElseThrow();
        return asked.equals(requester)
                ? Optional.empty()
                : Optional.of(new Problem(
                        ErrorCode.CSR_CN_NOT_REQUESTER,
                        requester + " requests a certificate of '" + KubeletCsrRule.sanitize(asked) + "'"));
    }

    private static Optional<Problem> ownedNames(ParsedCsr certificate, ServingCsrPolicy.RegisteredNode node) {
        return namesViolation(certificate.onlyAlternativeNames().orElseThrow(), node);
    }

    /** Returns the problem if these names are not exactly the declared ones, each once. */
    static Optional<Problem> namesViolation(List<String> names, ServingCsrPolicy.RegisteredNode node) {
        Set<String> allowed = ServingCsrPolicy.allowedNames(node.sans());
        return names.size() == allowed.size() && allowed.equals(new HashSet<>(names))
                ? Optional.empty()
                : Optional.of(new Problem(
                        ErrorCode.SERVING_SAN_NOT_OWNED,
                        "the names " + sanitize(names) + " are not exactly those that the join declared, "
                                + new TreeSet<>(allowed)));
    }

    private static Optional<Problem> inTime(Instant created, ServingCsrPolicy.RegisteredNode node) {
        return created.isBefore(node.registeredAt().minus(MAX_SKEW))
                ? Optional.of(new Problem(
                        ErrorCode.CSR_RULE_VIOLATED,
                        "the request of " + created + " is older than the Node, which is of " + node.registeredAt()))
                : Optional.empty();
    }

    private static String sanitize(List<String> names) {
        List<String> first = names.stream()
                .limit(MAX_QUOTED_NAMES)
                .map(KubeletCsrRule::sanitize)
                .toList();
        return first + (names.size() > MAX_QUOTED_NAMES ? " and " + (names.size() - MAX_QUOTED_NAMES) + " more" : "");
    }
}

package io.nodejoin.activities.kubernetes.csr;

import io.nodejoin.activities.kubernetes.ServerTime;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.Problem;
import io.nodejoin.workflows.csr.CsrDecisionRequest;
import java.time.Instant;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The rules in their order. Each is exact: anything unexpected is a violation. A second key comes before the name, since the node of
 * the first key uses the name as soon as it has its certificate.
 */
enum ClientCsrRule {
    CSR_LIMIT,
    GROUPS,
    SIGNER,
    ONE_PEM_BLOCK,
    KEY,
    PROOF_OF_POSSESSION,
    EXPECTED_KEY,
    SUBJECT,
    NODE_NAME,
    NO_ATTRIBUTES,
    USAGES,
    EXPIRATION,
    SINGLE_KEY,
    NAME_UNUSED,
    WITHIN_JOIN_WINDOW;

    /** Without a known key, a token with more CSRs than this is treated as compromised. */
    static final int MAX_REQUESTS = 3;

    private static final String PURPOSE = "client auth";
    private static final Set<String> TOKEN_GROUPS =
            Set.of("system:bootstrappers", "system:bootstrappers:nodejoin", "system:authenticated");

    /**
     * Returns the rules of this request. A known key replaces the rules that compare a CSR with the others: whoever has
     * the token can create others.
     */
    static Set<ClientCsrRule> rulesOf(CsrDecisionRequest request) {
        return EnumSet.complementOf(
                request.keyDigest() == null ? EnumSet.of(EXPECTED_KEY) : EnumSet.of(CSR_LIMIT, SINGLE_KEY));
    }

    /** Returns the rules of this request about the contents of a CSR. */
    static Set<ClientCsrRule> contentRulesOf(CsrDecisionRequest request) {
        Set<ClientCsrRule> rules = EnumSet.range(GROUPS, EXPIRATION);
        rules.retainAll(rulesOf(request));
        return rules;
    }

    Optional<Problem> violation(ClientCsrPolicy.Context context) {
        return switch (this) {
            case CSR_LIMIT -> noFlood(context);
            case GROUPS -> groups(context);
            case SIGNER -> signer(context);
            case ONE_PEM_BLOCK -> commonRule(KubeletCsrRule.ONE_PEM_BLOCK, context);
            case KEY -> commonRule(KubeletCsrRule.KEY, context);
            case PROOF_OF_POSSESSION -> commonRule(KubeletCsrRule.PROOF_OF_POSSESSION, context);
            case EXPECTED_KEY -> expectedKey(context);
            case SUBJECT -> commonRule(KubeletCsrRule.SUBJECT, context);
            case NODE_NAME -> nodeName(context);
            case NO_ATTRIBUTES -> noAttributes(context);
            case USAGES -> commonRule(KubeletCsrRule.USAGES, context);
            case EXPIRATION -> commonRule(KubeletCsrRule.EXPIRATION, context).or(() -> lifetime(context));
            case SINGLE_KEY -> oneKey(context);
            case NAME_UNUSED -> nameFree(context);
            case WITHIN_JOIN_WINDOW -> inTime(context);
        };
    }

    /** Returns the rule's name for people. */
    String ruleName() {
        return KubeletCsrRule.nameOf(this);
    }

    private static Optional<Problem> noFlood(ClientCsrPolicy.Context context) {
        int requests = context.clusterState().others().size() + 1;
        return requests <= MAX_REQUESTS
                ? Optional.empty()
                : Optional.of(new Problem(
                        ErrorCode.TOO_MANY_CSRS,
                        "the token was used for " + requests + " CSRs, the maximum is " + MAX_REQUESTS));
    }

    private static Optional<Problem> groups(ClientCsrPolicy.Context context) {
        List<String> groups = context.csr().getSpec().getGroups();
        return violationUnless(
                groups.size() == TOKEN_GROUPS.size() && TOKEN_GROUPS.equals(new HashSet<>(groups)),
                GROUPS,
                "the requester's groups are not exactly those of a token of Nodejoin");
    }

    private static Optional<Problem> signer(ClientCsrPolicy.Context context) {
        return violationUnless(
                ClientCsrPolicy.SIGNER.equals(context.csr().getSpec().getSignerName()),
                SIGNER,
                "the signer is not " + ClientCsrPolicy.SIGNER);
    }

    private static Optional<Problem> expectedKey(ClientCsrPolicy.Context context) {
        String asked = context.certificate().keyDigest();
        return asked.equals(context.request().keyDigest())
                ? Optional.empty()
                : Optional.of(new Problem(
                        ErrorCode.CSR_KEY_MISMATCH,
                        "the key with the SHA-256 " + asked + " is not the one that the host created for this join"));
    }

    private static Optional<Problem> nodeName(ClientCsrPolicy.Context context) {
        String expected = KubeletCsrRule.NODE_PREFIX + context.request().node();
        String asked =
                context.certificate().commonName(KubeletCsrRule.ORGANIZATION).orElseThrow();
        return asked.equals(expected)
                ? Optional.empty()
                : Optional.of(new Problem(
                        ErrorCode.NODE_IDENTITY_MISMATCH,
                        "the CSR requests '" + KubeletCsrRule.sanitize(asked) + "', the join is for '" + expected
                                + "'"));
    }

    private static Optional<Problem> noAttributes(ClientCsrPolicy.Context context) {
        return violationUnless(
                !context.certificate().hasAttributes(),
                NO_ATTRIBUTES,
                "the request carries attributes, such as extensions or alternative names");
    }

    private static Optional<Problem> lifetime(ClientCsrPolicy.Context context) {
        Integer wanted = context.request().expirationSeconds();
        return violationUnless(
                wanted == null || wanted.equals(context.csr().getSpec().getExpirationSeconds()),
                EXPIRATION,
                "expirationSeconds is not the " + wanted + " that the join requests");
    }

    private static Optional<Problem> nameFree(ClientCsrPolicy.Context context) {
        return context.clusterState()
                .nameInUse()
                .map(holder -> new Problem(
                        ErrorCode.NODE_NAME_IN_USE,
                        "the name " + context.request().node() + " is in use by " + holder));
    }

    private static Optional<Problem> inTime(ClientCsrPolicy.Context context) {
        Instant created = Instant.parse(context.csr().getMetadata().getCreationTimestamp());
        Instant notBefore = context.request().issuedAt().minus(ServerTime.MAX_SKEW);
        Instant notAfter = context.request().csrsAcceptedUntil().plus(ServerTime.MAX_SKEW);
        return created.isBefore(notBefore) || created.isAfter(notAfter)
                ? Optional.of(new Problem(
                        ErrorCode.CSR_TIMEOUT,
                        "the request of " + created + " is not between " + notBefore + " and " + notAfter
                                + ", while the join waits for it"))
                : Optional.empty();
    }

    private static Optional<Problem> oneKey(ClientCsrPolicy.Context context) {
        Optional<String> own = Optional.of(context.certificate().keyDigest());
        boolean hasOtherKey = context.clusterState().others().stream()
                .filter(other -> !CsrStatus.isDenied(other))
                .anyMatch(other -> CsrStatus.isApproved(other) || !own.equals(ParsedCsr.keyDigest(other)));
        return hasOtherKey
                ? Optional.of(new Problem(
                        ErrorCode.CSR_KEY_MISMATCH, "another request of the same token is approved or has another key"))
                : Optional.empty();
    }

    private static Optional<Problem> commonRule(KubeletCsrRule rule, ClientCsrPolicy.Context context) {
        return rule.violation(context.csr(), context.parsed(), PURPOSE);
    }

    private static Optional<Problem> violationUnless(boolean holds, ClientCsrRule rule, String why) {
        return KubeletCsrRule.violationUnless(holds, rule, why);
    }
}

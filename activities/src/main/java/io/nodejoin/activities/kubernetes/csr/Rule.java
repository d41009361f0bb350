package io.nodejoin.activities.kubernetes.csr;

import io.nodejoin.activities.kubernetes.ServerTime;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.Problem;
import java.time.Instant;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The rules in their order. Each is exact: what is not expected is broken. */
enum Rule {
    NO_FLOOD,
    GROUPS,
    SIGNER,
    ONE_PEM_BLOCK,
    KEY,
    SELF_SIGNATURE,
    SUBJECT,
    NODE_NAME,
    NO_ATTRIBUTES,
    USAGES,
    EXPIRATION,
    NAME_FREE,
    IN_TIME,
    ONE_KEY;

    /** The rules that concern what is asked for, in their order. */
    static final List<Rule> OF_THE_REQUEST = List.copyOf(EnumSet.range(GROUPS, EXPIRATION));

    /** A token that makes more requests than this is lost. */
    static final int MAX_REQUESTS = 3;

    private static final String PURPOSE = "client auth";
    private static final Set<String> GROUPS_OF_A_TOKEN =
            Set.of("system:bootstrappers", "system:bootstrappers:nodejoin", "system:authenticated");

    Optional<Problem> broken(Evidence evidence) {
        return switch (this) {
            case NO_FLOOD -> noFlood(evidence);
            case GROUPS -> groups(evidence);
            case SIGNER -> signer(evidence);
            case ONE_PEM_BLOCK -> common(KubeletRule.ONE_PEM_BLOCK, evidence);
            case KEY -> common(KubeletRule.KEY, evidence);
            case SELF_SIGNATURE -> common(KubeletRule.SELF_SIGNATURE, evidence);
            case SUBJECT -> common(KubeletRule.SUBJECT, evidence);
            case NODE_NAME -> nodeName(evidence);
            case NO_ATTRIBUTES -> noAttributes(evidence);
            case USAGES -> common(KubeletRule.USAGES, evidence);
            case EXPIRATION -> common(KubeletRule.EXPIRATION, evidence);
            case NAME_FREE -> nameFree(evidence);
            case IN_TIME -> inTime(evidence);
            case ONE_KEY -> oneKey(evidence);
        };
    }

    /** The rule's name for people. */
    String text() {
        return KubeletRule.text(this);
    }

    private static Optional<Problem> noFlood(Evidence evidence) {
        int requests = evidence.circumstances().others().size() + 1;
        return requests <= MAX_REQUESTS
                ? Optional.empty()
                : Optional.of(new Problem(
                        ErrorCode.CSR_FLOOD, "the token made " + requests + " requests, allowed are " + MAX_REQUESTS));
    }

    private static Optional<Problem> groups(Evidence evidence) {
        List<String> groups = evidence.request().getSpec().getGroups();
        return expect(
                groups.size() == GROUPS_OF_A_TOKEN.size() && GROUPS_OF_A_TOKEN.equals(new HashSet<>(groups)),
                GROUPS,
                "the requester's groups are not exactly those of a token of Nodejoin");
    }

    private static Optional<Problem> signer(Evidence evidence) {
        return expect(
                CertificateRules.SIGNER.equals(evidence.request().getSpec().getSignerName()),
                SIGNER,
                "the signer is not " + CertificateRules.SIGNER);
    }

    private static Optional<Problem> nodeName(Evidence evidence) {
        String expected = KubeletRule.NODE_PREFIX + evidence.order().node();
        String asked =
                evidence.certificate().commonName(KubeletRule.ORGANIZATION).orElseThrow();
        return asked.equals(expected)
                ? Optional.empty()
                : Optional.of(new Problem(
                        ErrorCode.NODE_IDENTITY_MISMATCH,
                        "the request asks for '" + KubeletRule.echo(asked) + "', the join is for '" + expected + "'"));
    }

    private static Optional<Problem> noAttributes(Evidence evidence) {
        return expect(
                !evidence.certificate().hasAttributes(),
                NO_ATTRIBUTES,
                "the request carries attributes, such as extensions or alternative names");
    }

    private static Optional<Problem> nameFree(Evidence evidence) {
        return evidence.circumstances()
                .nameInUse()
                .map(holder -> new Problem(
                        ErrorCode.NODE_NAME_IN_USE,
                        "the name " + evidence.order().node() + " is held by " + holder));
    }

    private static Optional<Problem> inTime(Evidence evidence) {
        Instant created = Instant.parse(evidence.request().getMetadata().getCreationTimestamp());
        Instant opens = evidence.order().issuedAt().minus(ServerTime.SKEW);
        Instant closes = evidence.order().closesAt().plus(ServerTime.SKEW);
        return created.isBefore(opens) || created.isAfter(closes)
                ? Optional.of(new Problem(
                        ErrorCode.CSR_TIMEOUT,
                        "the request of " + created + " is not between " + opens + " and " + closes
                                + ", while the join waits for it"))
                : Optional.empty();
    }

    private static Optional<Problem> oneKey(Evidence evidence) {
        Optional<String> own = Optional.of(evidence.certificate().keyDigest());
        boolean rival = evidence.circumstances().others().stream()
                .filter(other -> !RequestStatus.isDenied(other))
                .anyMatch(
                        other -> RequestStatus.isApproved(other) || !own.equals(RequestedCertificate.keyDigest(other)));
        return rival
                ? Optional.of(new Problem(
                        ErrorCode.CSR_KEY_MISMATCH, "another request of the same token is approved or has another key"))
                : Optional.empty();
    }

    private static Optional<Problem> common(KubeletRule rule, Evidence evidence) {
        return rule.broken(evidence.request(), evidence.parsed(), PURPOSE);
    }

    private static Optional<Problem> expect(boolean holds, Rule rule, String why) {
        return KubeletRule.expect(holds, rule, why);
    }
}

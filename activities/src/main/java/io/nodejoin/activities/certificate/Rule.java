package io.nodejoin.activities.certificate;

import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.Problem;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERPrintableString;
import org.bouncycastle.asn1.DERUTF8String;
import org.bouncycastle.asn1.x500.AttributeTypeAndValue;
import org.bouncycastle.asn1.x500.RDN;
import org.bouncycastle.asn1.x500.style.BCStyle;

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

    private static final String ORGANIZATION = "system:nodes";
    private static final String NODE_PREFIX = "system:node:";
    private static final Set<String> GROUPS_OF_A_TOKEN =
            Set.of("system:bootstrappers", "system:bootstrappers:nodejoin", "system:authenticated");
    private static final Set<String> REQUIRED_USAGES = Set.of("digital signature", "client auth");
    private static final String RSA_USAGE = "key encipherment";
    private static final int MIN_LIFE_SECONDS = 600;
    private static final int MAX_LIFE_SECONDS = 365 * 24 * 3600;
    /** Between the clocks of two API servers of one cluster. */
    private static final Duration SKEW = Duration.ofMinutes(1);

    private static final int MAX_ECHO = 80;

    Optional<Problem> broken(Evidence evidence) {
        return switch (this) {
            case NO_FLOOD -> noFlood(evidence);
            case GROUPS -> groups(evidence);
            case SIGNER -> signer(evidence);
            case ONE_PEM_BLOCK -> onePemBlock(evidence);
            case KEY -> key(evidence);
            case SELF_SIGNATURE -> selfSignature(evidence);
            case SUBJECT -> subject(evidence);
            case NODE_NAME -> nodeName(evidence);
            case NO_ATTRIBUTES -> noAttributes(evidence);
            case USAGES -> usages(evidence);
            case EXPIRATION -> expiration(evidence);
            case NAME_FREE -> nameFree(evidence);
            case IN_TIME -> inTime(evidence);
            case ONE_KEY -> oneKey(evidence);
        };
    }

    /** The rule's name for people. */
    String text() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
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
                groups.size() == GROUPS_OF_A_TOKEN.size() && GROUPS_OF_A_TOKEN.containsAll(groups),
                GROUPS,
                "the requester's groups are not exactly those of a token of Nodejoin");
    }

    private static Optional<Problem> signer(Evidence evidence) {
        return expect(
                CertificateRules.SIGNER.equals(evidence.request().getSpec().getSignerName()),
                SIGNER,
                "the signer is not " + CertificateRules.SIGNER);
    }

    private static Optional<Problem> onePemBlock(Evidence evidence) {
        return expect(
                evidence.parsed().isPresent(),
                ONE_PEM_BLOCK,
                "the request is not exactly one PEM block with one DER-encoded PKCS#10 request");
    }

    private static Optional<Problem> key(Evidence evidence) {
        return expect(
                evidence.certificate().keyKind().isPresent(),
                KEY,
                "the key is none of P-256, P-384, Ed25519 and sound RSA of 2048 to 8192 bits");
    }

    private static Optional<Problem> selfSignature(Evidence evidence) {
        return expect(
                evidence.certificate().isSelfSigned(),
                SELF_SIGNATURE,
                "the request is not signed with its own key by a sound algorithm");
    }

    private static Optional<Problem> subject(Evidence evidence) {
        RDN[] names = evidence.certificate().subject().getRDNs();
        return expect(
                names.length == 2
                        && single(names, BCStyle.O).filter(ORGANIZATION::equals).isPresent()
                        && single(names, BCStyle.CN).isPresent(),
                SUBJECT,
                "the subject is not exactly one O=" + ORGANIZATION + " and one CN");
    }

    private static Optional<Problem> nodeName(Evidence evidence) {
        String expected = NODE_PREFIX + evidence.order().node();
        String asked =
                single(evidence.certificate().subject().getRDNs(), BCStyle.CN).orElseThrow();
        return asked.equals(expected)
                ? Optional.empty()
                : Optional.of(new Problem(
                        ErrorCode.NODE_IDENTITY_MISMATCH,
                        "the request asks for '" + echo(asked) + "', the join is for '" + expected + "'"));
    }

    private static Optional<Problem> noAttributes(Evidence evidence) {
        return expect(
                !evidence.certificate().hasAttributes(),
                NO_ATTRIBUTES,
                "the request carries attributes, such as extensions or alternative names");
    }

    private static Optional<Problem> usages(Evidence evidence) {
        List<String> usages = evidence.request().getSpec().getUsages();
        boolean rsa = evidence.certificate()
                .keyKind()
                .filter(RequestedCertificate.KeyKind.RSA::equals)
                .isPresent();
        long others = usages.stream()
                .filter(usage -> !REQUIRED_USAGES.contains(usage))
                .filter(usage -> !(rsa && usage.equals(RSA_USAGE)))
                .count();
        return expect(
                others == 0
                        && usages.containsAll(REQUIRED_USAGES)
                        && usages.stream().distinct().count() == usages.size(),
                USAGES,
                "the usages are not exactly digital signature and client auth, with key encipherment for RSA alone");
    }

    private static Optional<Problem> expiration(Evidence evidence) {
        Integer seconds = evidence.request().getSpec().getExpirationSeconds();
        return expect(
                seconds == null || (seconds >= MIN_LIFE_SECONDS && seconds <= MAX_LIFE_SECONDS),
                EXPIRATION,
                "expirationSeconds is not between " + MIN_LIFE_SECONDS + " and " + MAX_LIFE_SECONDS);
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
        Instant opens = evidence.order().issuedAt().minus(SKEW);
        Instant closes = evidence.order().closesAt().plus(SKEW);
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

    /** The value of the one single-valued name of this type, if it is written as Go reads it. */
    private static Optional<String> single(RDN[] names, ASN1ObjectIdentifier type) {
        List<AttributeTypeAndValue> found = Arrays.stream(names)
                .filter(name -> !name.isMultiValued())
                .map(RDN::getFirst)
                .filter(name -> name.getType().equals(type))
                .toList();
        if (found.size() != 1) {
            return Optional.empty();
        }
        return switch (found.getFirst().getValue()) {
            case DERPrintableString text -> Optional.of(text.getString());
            case DERUTF8String text -> Optional.of(text.getString());
            default -> Optional.empty();
        };
    }

    private static Optional<Problem> expect(boolean holds, Rule rule, String why) {
        return holds ? Optional.empty() : Optional.of(CertificateRules.violated(rule.text(), why));
    }

    private static String echo(String text) {
        String plain = text.replaceAll("[^A-Za-z0-9:._-]", "?");
        return plain.length() <= MAX_ECHO ? plain : plain.substring(0, MAX_ECHO) + "...";
    }
}

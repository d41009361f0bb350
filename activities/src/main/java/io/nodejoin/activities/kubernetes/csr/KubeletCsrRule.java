package io.nodejoin.activities.kubernetes.csr;

import io.fabric8.kubernetes.api.model.certificates.v1.CertificateSigningRequest;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.Problem;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** The rules for every CSR of a kubelet, for both signers. */
enum KubeletCsrRule {
    ONE_PEM_BLOCK,
    KEY,
    PROOF_OF_POSSESSION,
    SUBJECT,
    USAGES,
    EXPIRATION;

    /** The prefix of a node's common name, and of its user name. */
    static final String NODE_PREFIX = "system:node:";

    static final String ORGANIZATION = "system:nodes";
    private static final String SIGNATURE_USAGE = "digital signature";
    private static final String RSA_USAGE = "key encipherment";
    private static final int MIN_LIFE_SECONDS = 600;
    private static final int MAX_LIFE_SECONDS = 365 * 24 * 3600;
    private static final int MAX_QUOTED_LENGTH = 80;

    /**
     * Returns the problem if the CSR violates this rule.
     *
     * @param parsed the CSR's content; only rules after one-pem-block may use it
     * @param purpose the one usage besides signatures that the signer grants
     */
    Optional<Problem> violation(CertificateSigningRequest csr, Optional<ParsedCsr> parsed, String purpose) {
        return switch (this) {
            case ONE_PEM_BLOCK ->
                violationUnless(
                        parsed.isPresent(),
                        "the request is not exactly one PEM block with one DER-encoded PKCS#10 request");
            case KEY ->
                violationUnless(
                        parsed.orElseThrow().keyKind().isPresent(),
                        "the key is none of P-256, P-384, Ed25519 and sound RSA of 2048 to 8192 bits");
            case PROOF_OF_POSSESSION ->
                violationUnless(
                        parsed.orElseThrow().hasValidSignature(),
                        "the request is not signed with its own key by a sound algorithm");
            case SUBJECT ->
                violationUnless(
                        parsed.orElseThrow().commonName(ORGANIZATION).isPresent(),
                        "the subject is not exactly one O=" + ORGANIZATION + " and one CN");
            case USAGES ->
                violationUnless(
                        areExactly(
                                csr.getSpec().getUsages(),
                                Set.of(SIGNATURE_USAGE, purpose),
                                parsed.orElseThrow().isOfKind(ParsedCsr.KeyKind.RSA)),
                        "the usages are not exactly " + SIGNATURE_USAGE + " and " + purpose + ", with " + RSA_USAGE
                                + " for RSA alone");
            case EXPIRATION -> {
                Integer seconds = csr.getSpec().getExpirationSeconds();
                yield violationUnless(
                        seconds == null || (seconds >= MIN_LIFE_SECONDS && seconds <= MAX_LIFE_SECONDS),
                        "expirationSeconds is not between " + MIN_LIFE_SECONDS + " and " + MAX_LIFE_SECONDS);
            }
        };
    }

    /** Returns the name for people of a rule of this or another set. */
    static String nameOf(Enum<?> rule) {
        return rule.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** Returns the problem of a violated rule that has no error code of its own. */
    static Optional<Problem> violationUnless(boolean holds, Enum<?> rule, String why) {
        return holds
                ? Optional.empty()
                : Optional.of(new Problem(ErrorCode.CSR_RULE_VIOLATED, "rule " + nameOf(rule) + ": " + why));
    }

    /** Sanitizes untrusted text for a message. */
    static String sanitize(String text) {
        String plain = text.replaceAll("[^A-Za-z0-9:._-]", "?");
        return plain.length() <= MAX_QUOTED_LENGTH ? plain : plain.substring(0, MAX_QUOTED_LENGTH) + "...";
    }

    private Optional<Problem> violationUnless(boolean holds, String why) {
        return violationUnless(holds, this, why);
    }

    private static boolean areExactly(List<String> usages, Set<String> required, boolean rsa) {
        boolean known = usages.stream().allMatch(usage -> required.contains(usage) || (rsa && usage.equals(RSA_USAGE)));
        return known
                && usages.containsAll(required)
                && usages.stream().distinct().count() == usages.size();
    }
}

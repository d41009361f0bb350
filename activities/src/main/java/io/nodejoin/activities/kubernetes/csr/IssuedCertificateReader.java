package io.nodejoin.activities.kubernetes.csr;

import io.fabric8.kubernetes.api.model.certificates.v1.CertificateSigningRequest;
import io.fabric8.kubernetes.api.model.certificates.v1.CertificateSigningRequestCondition;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.Problem;
import io.nodejoin.protocol.Sha256;
import io.nodejoin.workflows.csr.CertificateResult;
import io.nodejoin.workflows.csr.IssuedCertificates;
import io.nodejoin.workflows.node.NodeRef;
import java.io.ByteArrayInputStream;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BinaryOperator;
import java.util.stream.Collectors;

/** Reads the results of approved CSRs. */
final class IssuedCertificateReader {
    /** The maximum validity of a certificate that is not signed yet: kube-controller-manager's default. */
    private static final Duration MAX_LIFE = Duration.ofDays(366);

    private static final String ALTERNATIVE_NAMES = "2.5.29.17";

    private IssuedCertificateReader() {}

    /** Returns the result of an approved CSR with this key; empty until it is signed. */
    static Optional<CertificateResult> readResult(CertificateSigningRequest csr, String keyDigest) {
        String name = csr.getMetadata().getName();
        Optional<CertificateSigningRequestCondition> failed = CsrStatus.condition(csr, CsrStatus.FAILED);
        if (failed.isPresent()) {
            return Optional.of(new CertificateResult.TimedOut(new Problem(
                    ErrorCode.CERTIFICATE_NOT_ISSUED,
                    "the signer refuses " + name + ": " + failed.get().getReason())));
        }
        if (!isSigned(csr)) {
            return Optional.empty();
        }
        X509Certificate certificate = parse(csr.getStatus().getCertificate());
        if (!keyDigest.equals(Sha256.hex(certificate.getPublicKey().getEncoded()))) {
            return Optional.of(new CertificateResult.Denied(
                    name,
                    new Problem(ErrorCode.CSR_KEY_MISMATCH, "the certificate of " + name + " is for another key")));
        }
        return Optional.of(new CertificateResult.Issued(
                name, keyDigest, approvedAt(csr), certificate.getNotAfter().toInstant()));
    }

    /**
     * Returns the certificates issued, or approved and not yet signed, under the tokens of one join.
     *
     * @param users users of the join's tokens, as far as they are known
     * @param all all CSRs of the cluster
     */
    static IssuedCertificates issuedForJoin(JoinId join, Set<String> users, List<CertificateSigningRequest> all) {
        Set<String> known = all.stream()
                .filter(csr -> CsrDecisionWriter.isApprovedFor(csr, join))
                .map(csr -> csr.getSpec().getUsername())
                .collect(Collectors.toCollection(() -> new HashSet<>(users)));
        return issuedFor(all.stream()
                .filter(csr -> known.contains(csr.getSpec().getUsername()))
                .toList());
    }

    /**
     * Returns the latest expiry of the certificates that each of these nodes has renewed.
     *
     * @param all all CSRs of the cluster
     */
    static Map<NodeRef, Instant> latestRenewals(Set<NodeRef> nodes, List<CertificateSigningRequest> all) {
        Map<String, NodeRef> users =
                nodes.stream().collect(Collectors.toMap(ref -> KubeletCsrRule.NODE_PREFIX + ref.name(), ref -> ref));
        Map<NodeRef, Instant> ends = new HashMap<>();
        for (CertificateSigningRequest csr : all) {
            NodeRef node = users.get(csr.getSpec().getUsername());
            if (node != null && isSigned(csr)) {
                ends.merge(node, issued(csr).notAfter(), BinaryOperator.maxBy(Comparator.naturalOrder()));
            }
        }
        return ends;
    }

    /** Returns the certificates issued, or approved and not yet signed, for these CSRs of one token. */
    static IssuedCertificates issuedFor(List<CertificateSigningRequest> requests) {
        List<CertificateResult.Issued> issued = requests.stream()
                .filter(CsrStatus::isApproved)
                .filter(csr -> CsrStatus.condition(csr, CsrStatus.FAILED).isEmpty())
                .map(IssuedCertificateReader::issued)
                .toList();
        Set<String> keys =
                issued.stream().map(CertificateResult.Issued::keyDigest).collect(Collectors.toSet());
        boolean otherKey =
                requests.stream().map(ParsedCsr::keyDigest).anyMatch(key -> key.isEmpty() || !keys.contains(key.get()));
        return new IssuedCertificates(issued, otherKey || keys.size() > 1);
    }

    private static boolean isSigned(CertificateSigningRequest csr) {
        return CsrStatus.isApproved(csr)
                && csr.getStatus().getCertificate() != null
                && !csr.getStatus().getCertificate().isEmpty();
    }

    private static CertificateResult.Issued issued(CertificateSigningRequest csr) {
        Instant approvedAt = approvedAt(csr);
        if (!isSigned(csr)) {
            return new CertificateResult.Issued(
                    csr.getMetadata().getName(),
                    ParsedCsr.keyDigest(csr).orElse(""),
                    approvedAt,
                    approvedAt.plus(MAX_LIFE));
        }
        X509Certificate certificate = parse(csr.getStatus().getCertificate());
        return new CertificateResult.Issued(
                csr.getMetadata().getName(),
                Sha256.hex(certificate.getPublicKey().getEncoded()),
                approvedAt,
                certificate.getNotAfter().toInstant());
    }

    /** Returns the SANs of the certificate issued for the CSR, as far as they can be parsed. */
    static List<String> alternativeNames(CertificateSigningRequest csr) {
        byte[] extension = parse(csr.getStatus().getCertificate()).getExtensionValue(ALTERNATIVE_NAMES);
        return extension == null
                ? List.of()
                : SubjectAltNames.parseExtension(extension).orElse(List.of());
    }

    private static Instant approvedAt(CertificateSigningRequest csr) {
        return CsrStatus.condition(csr, CsrStatus.APPROVED)
                .map(CertificateSigningRequestCondition::getLastUpdateTime)
                .map(Instant::parse)
                .orElseThrow(() -> new IllegalArgumentException("an approved request has no time of approval"));
    }

    private static X509Certificate parse(String base64Pem) {
        try {
            return (X509Certificate) CertificateFactory.getInstance("X.509")
                    .generateCertificate(
                            new ByteArrayInputStream(Base64.getDecoder().decode(base64Pem)));
        } catch (CertificateException e) {
            throw new IllegalArgumentException("the issued certificate cannot be read", e);
        }
    }
}

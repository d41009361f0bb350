package io.nodejoin.activities.kubernetes.csr;

import io.fabric8.kubernetes.api.model.certificates.v1.CertificateSigningRequest;
import io.fabric8.kubernetes.api.model.certificates.v1.CertificateSigningRequestCondition;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.Problem;
import io.nodejoin.protocol.Sha256;
import io.nodejoin.workflows.certificate.CertificateDecision;
import io.nodejoin.workflows.certificate.IssuedCertificates;
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

/** What became of approved requests. */
final class IssuedCertificate {
    /** Of a certificate that is yet to be signed: kube-controller-manager's default. */
    private static final Duration LONGEST_LIFE = Duration.ofDays(366);

    private static final String ALTERNATIVE_NAMES = "2.5.29.17";

    private IssuedCertificate() {}

    /** The end of an approved request whose key is this one; empty as long as it is not signed. */
    static Optional<CertificateDecision> of(CertificateSigningRequest request, String keyDigest) {
        String name = request.getMetadata().getName();
        Optional<CertificateSigningRequestCondition> failed = RequestStatus.condition(request, RequestStatus.FAILED);
        if (failed.isPresent()) {
            return Optional.of(new CertificateDecision.Missing(new Problem(
                    ErrorCode.CERT_NOT_ISSUED,
                    "the signer refuses " + name + ": " + failed.get().getReason())));
        }
        if (!isSigned(request)) {
            return Optional.empty();
        }
        X509Certificate certificate = parse(request.getStatus().getCertificate());
        if (!keyDigest.equals(Sha256.hex(certificate.getPublicKey().getEncoded()))) {
            return Optional.of(new CertificateDecision.Denied(
                    name,
                    new Problem(ErrorCode.CSR_KEY_MISMATCH, "the certificate of " + name + " is for another key")));
        }
        return Optional.of(new CertificateDecision.Issued(
                name, keyDigest, approvedAt(request), certificate.getNotAfter().toInstant()));
    }

    /**
     * What the tokens of one join have brought about or, once it is signed, will.
     *
     * @param users of the join's tokens, as far as they are known
     * @param all requests of the cluster
     */
    static IssuedCertificates of(JoinId join, Set<String> users, List<CertificateSigningRequest> all) {
        Set<String> known = all.stream()
                .filter(request -> DecisionDesk.isApprovedFor(request, join))
                .map(request -> request.getSpec().getUsername())
                .collect(Collectors.toCollection(() -> new HashSet<>(users)));
        return among(all.stream()
                .filter(request -> known.contains(request.getSpec().getUsername()))
                .toList());
    }

    /**
     * The latest end of what each of these nodes has got by an earlier certificate.
     *
     * @param all requests of the cluster
     */
    static Map<NodeRef, Instant> renewed(Set<NodeRef> nodes, List<CertificateSigningRequest> all) {
        Map<String, NodeRef> users =
                nodes.stream().collect(Collectors.toMap(ref -> KubeletRule.NODE_PREFIX + ref.node(), ref -> ref));
        Map<NodeRef, Instant> ends = new HashMap<>();
        for (CertificateSigningRequest request : all) {
            NodeRef node = users.get(request.getSpec().getUsername());
            if (node != null && isSigned(request)) {
                ends.merge(node, issued(request).notAfter(), BinaryOperator.maxBy(Comparator.naturalOrder()));
            }
        }
        return ends;
    }

    /** What these requests of one token have brought about or, once they are signed, will. */
    static IssuedCertificates among(List<CertificateSigningRequest> requests) {
        List<CertificateDecision.Issued> issued = requests.stream()
                .filter(RequestStatus::isApproved)
                .filter(request ->
                        RequestStatus.condition(request, RequestStatus.FAILED).isEmpty())
                .map(IssuedCertificate::issued)
                .toList();
        Set<String> keys =
                issued.stream().map(CertificateDecision.Issued::keyDigest).collect(Collectors.toSet());
        boolean otherKey = requests.stream()
                .map(RequestedCertificate::keyDigest)
                .anyMatch(key -> key.isEmpty() || !keys.contains(key.get()));
        return new IssuedCertificates(issued, otherKey || keys.size() > 1);
    }

    private static boolean isSigned(CertificateSigningRequest request) {
        return RequestStatus.isApproved(request)
                && request.getStatus().getCertificate() != null
                && !request.getStatus().getCertificate().isEmpty();
    }

    private static CertificateDecision.Issued issued(CertificateSigningRequest request) {
        Instant approvedAt = approvedAt(request);
        if (!isSigned(request)) {
            return new CertificateDecision.Issued(
                    request.getMetadata().getName(),
                    RequestedCertificate.keyDigest(request).orElse(""),
                    approvedAt,
                    approvedAt.plus(LONGEST_LIFE));
        }
        X509Certificate certificate = parse(request.getStatus().getCertificate());
        return new CertificateDecision.Issued(
                request.getMetadata().getName(),
                Sha256.hex(certificate.getPublicKey().getEncoded()),
                approvedAt,
                certificate.getNotAfter().toInstant());
    }

    /** The alternative names of the certificate that was issued for the request, as far as they can be read. */
    static List<String> names(CertificateSigningRequest request) {
        byte[] extension = parse(request.getStatus().getCertificate()).getExtensionValue(ALTERNATIVE_NAMES);
        return extension == null
                ? List.of()
                : AlternativeNames.inExtension(extension).orElse(List.of());
    }

    private static Instant approvedAt(CertificateSigningRequest request) {
        return RequestStatus.condition(request, RequestStatus.APPROVED)
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

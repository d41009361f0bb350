package io.nodejoin.workflows.certificate;

import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * What was issued under one token.
 *
 * @param issued certificates that exist, or that an approval may still bring about
 * @param otherKey whether anybody has asked with the token for a certificate on another key than these
 */
public record IssuedCertificates(List<CertificateDecision.Issued> issued, boolean otherKey) {
    public IssuedCertificates {
        issued = List.copyOf(issued);
    }

    /** When the first of them was approved: a Node that is older came of none of them. */
    public Optional<Instant> firstApproval() {
        return issued.stream().map(CertificateDecision.Issued::approvedAt).min(Comparator.naturalOrder());
    }

    /** When the last of them ends. */
    public Optional<Instant> lastEnd() {
        return issued.stream().map(CertificateDecision.Issued::notAfter).max(Comparator.naturalOrder());
    }
}

package io.nodejoin.workflows.csr;

import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * What was issued under one token.
 *
 * @param issued certificates that exist, or that an approval may still bring about
 * @param otherKeyRequested whether anybody has asked with the token for a certificate on another key than these
 */
public record IssuedCertificates(List<CertificateResult.Issued> issued, boolean otherKeyRequested) {
    public IssuedCertificates {
        issued = List.copyOf(issued);
    }

    /** When the first of them was approved: a Node that is older came of none of them. */
    public Optional<Instant> firstApprovedAt() {
        return issued.stream().map(CertificateResult.Issued::approvedAt).min(Comparator.naturalOrder());
    }

    /** When the last of them ends. */
    public Optional<Instant> lastNotAfter() {
        return issued.stream().map(CertificateResult.Issued::notAfter).max(Comparator.naturalOrder());
    }
}

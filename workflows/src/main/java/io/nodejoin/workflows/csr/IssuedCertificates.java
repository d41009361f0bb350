package io.nodejoin.workflows.csr;

import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * The certificates issued under one token.
 *
 * @param issued certificates that exist, or that an approved CSR may still receive
 * @param otherKeyRequested whether the token was used for a CSR with another key than these
 */
public record IssuedCertificates(List<CertificateResult.Issued> issued, boolean otherKeyRequested) {
    public IssuedCertificates {
        issued = List.copyOf(issued);
    }

    /** Returns when the first of them was approved: an older Node was created with none of them. */
    public Optional<Instant> firstApprovedAt() {
        return issued.stream().map(CertificateResult.Issued::approvedAt).min(Comparator.naturalOrder());
    }

    /** Returns when the last of them expires. */
    public Optional<Instant> lastNotAfter() {
        return issued.stream().map(CertificateResult.Issued::notAfter).max(Comparator.naturalOrder());
    }
}

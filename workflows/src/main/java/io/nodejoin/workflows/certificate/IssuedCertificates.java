package io.nodejoin.workflows.certificate;

import java.util.List;

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
}

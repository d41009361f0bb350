package io.nodejoin.agent.gateway;

import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;

/**
 * When a certificate is renewed and when it can no longer be used.
 *
 * @param renewAt two thirds of its validity, which leaves time for an outage of the gateway
 */
record CertificateValidity(Instant renewAt, Instant unusableAt) {
    private static final Duration EXPIRY_MARGIN = Duration.ofSeconds(10);

    static CertificateValidity of(X509Certificate certificate) {
        Instant begin = certificate.getNotBefore().toInstant();
        Instant end = certificate.getNotAfter().toInstant();
        Duration life = Duration.between(begin, end);
        return new CertificateValidity(begin.plus(life.multipliedBy(2).dividedBy(3)), end);
    }

    /** Returns whether it is valid for at least the time that connecting takes. */
    boolean isUsable(Instant now) {
        return now.isBefore(unusableAt.minus(EXPIRY_MARGIN));
    }
}

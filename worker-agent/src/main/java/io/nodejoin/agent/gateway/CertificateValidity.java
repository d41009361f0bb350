package io.nodejoin.agent.gateway;

import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;

/**
 * When a certificate is to be renewed and when it is of no use any more.
 *
 * @param renewAt two thirds of its life, so that there is time for a gateway that is away
 */
record CertificateValidity(Instant renewAt, Instant unusableAt) {
    private static final Duration EXPIRY_MARGIN = Duration.ofSeconds(10);

    static CertificateValidity of(X509Certificate certificate) {
        Instant begin = certificate.getNotBefore().toInstant();
        Instant end = certificate.getNotAfter().toInstant();
        Duration life = Duration.between(begin, end);
        return new CertificateValidity(begin.plus(life.multipliedBy(2).dividedBy(3)), end);
    }

    /** Whether it still lasts for the time that it takes to connect. */
    boolean isUsable(Instant now) {
        return now.isBefore(unusableAt.minus(EXPIRY_MARGIN));
    }
}

package io.nodejoin.agent.gateway;

import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;

/**
 * When a certificate is to be renewed and when it is of no use any more.
 *
 * @param renewFrom two thirds of its life, so that there is time for a gateway that is away
 */
record CertificateLife(Instant renewFrom, Instant end) {
    private static final Duration TO_SPARE = Duration.ofSeconds(10);

    static CertificateLife of(X509Certificate certificate) {
        Instant begin = certificate.getNotBefore().toInstant();
        Instant end = certificate.getNotAfter().toInstant();
        Duration life = Duration.between(begin, end);
        return new CertificateLife(begin.plus(life.multipliedBy(2).dividedBy(3)), end);
    }

    /** Whether it still lasts for the time that it takes to connect. */
    boolean inForce(Instant now) {
        return now.isBefore(end.minus(TO_SPARE));
    }
}

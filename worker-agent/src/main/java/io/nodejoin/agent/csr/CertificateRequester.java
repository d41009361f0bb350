package io.nodejoin.agent.csr;

import io.nodejoin.agent.discovery.ClusterConnection;
import io.nodejoin.agent.host.Backoff;
import io.nodejoin.agent.host.HostException;
import io.nodejoin.agent.host.Sleeper;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.Sha256;
import io.nodejoin.protocol.discovery.BootstrapToken;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/** Requests the kubelet's client certificate, as a kubelet does. */
public final class CertificateRequester {
    private static final Duration TIMEOUT = Duration.ofMinutes(3);
    /** An API server that lags behind knows a new token long before. */
    private static final Duration TOKEN_UNKNOWN_TIMEOUT = Duration.ofSeconds(30);

    private static final Duration MIN_BACKOFF = Duration.ofMillis(200);
    private static final Duration MAX_BACKOFF = Duration.ofSeconds(2);

    private final Clock clock;
    private final Sleeper sleeper;
    private final RandomGenerator random;

    /** @param random adds jitter, and names a CSR whose usual name is taken */
    public CertificateRequester(Clock clock, Sleeper sleeper, RandomGenerator random) {
        this.clock = clock;
        this.sleeper = sleeper;
        this.random = random;
    }

    /**
     * Returns the certificate chain for this request. Idempotent: a second call finds the CSR of the first. Waits
     * on if the CSR is denied: the join knows who denied it, and resets the host.
     *
     * @param expiresAt when the wait ends, at the latest
     * @throws HostException with {@code TOKEN_LOST} if the API server rejects the token (401) for 30 s, with
     *     {@code CERTIFICATE_NOT_ISSUED} if there is no certificate in time, or an unusable one
     */
    public List<X509Certificate> request(ClusterConnection api, BootstrapToken token, CsrObject csr, Instant expiresAt)
            throws InterruptedException {
        Instant limit = clock.instant().plus(TIMEOUT);
        Instant deadline = limit.isBefore(expiresAt) ? limit : expiresAt;
        CsrClient client = new CsrClient(api, token);
        Backoff backoff = new Backoff(random, MIN_BACKOFF, MAX_BACKOFF);
        String name = usualName(csr.publicKey(), token);
        Instant lastKnown = clock.instant();
        while (true) {
            String seen;
            Instant asked = clock.instant();
            try {
                if (!client.create(csr.json(name)) && !csr.isSameAs(client.read(name))) {
                    name = randomName();
                    continue;
                }
                Optional<List<X509Certificate>> chain = client.awaitCertificate(name, csr);
                if (chain.isPresent()) {
                    return chain.get();
                }
                seen = "the CSR " + name + " has none";
                lastKnown = asked;
            } catch (TokenRejectedException e) {
                requireNotLost(token, lastKnown);
                seen = e.getMessage();
            } catch (IOException e) {
                lastKnown = asked;
                seen = String.valueOf(e.getMessage());
            }
            if (!clock.instant().isBefore(deadline)) {
                throw new HostException(
                        ErrorCode.CERTIFICATE_NOT_ISSUED,
                        "no client certificate from " + api.cluster().apiServer() + " before " + deadline + ": "
                                + seen);
            }
            sleeper.sleep(backoff.nextDelay());
        }
    }

    private void requireNotLost(BootstrapToken token, Instant lastKnown) {
        if (!clock.instant().isBefore(lastKnown.plus(TOKEN_UNKNOWN_TIMEOUT))) {
            throw new HostException(
                    ErrorCode.TOKEN_LOST,
                    "the API server rejects the token " + token.id() + " (401) since " + lastKnown
                            + ": it was deleted before the host had its certificate");
        }
    }

    /** Returns the name that only an owner of the token can foresee, and that a repetition finds again. */
    private static String usualName(PublicKey key, BootstrapToken token) {
        String publicKey = HexFormat.of().formatHex(key.getEncoded());
        byte[] both = (publicKey + " " + token.bearerToken()).getBytes(StandardCharsets.US_ASCII);
        return name(Sha256.hex(both));
    }

    private String randomName() {
        HexFormat hex = HexFormat.of();
        return name(hex.toHexDigits(random.nextLong()) + hex.toHexDigits(random.nextLong()));
    }

    private static String name(String digits) {
        return "node-csr-" + digits;
    }
}

package io.nodejoin.service.wiring;

import io.nodejoin.activities.RootCause;
import io.nodejoin.activities.kubernetes.csr.CsrWarmUp;
import io.nodejoin.activities.kubernetes.token.TokenWarmUp;
import java.io.IOException;
import java.security.GeneralSecurityException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a join does on its own, done once at the start, so that the first join finds the code loaded. */
final class WarmUp {
    private static final Logger LOG = LoggerFactory.getLogger(WarmUp.class);

    private WarmUp() {}

    @FunctionalInterface
    private interface Step {
        Object run() throws GeneralSecurityException, IOException;
    }

    /** Seals a token. A failure costs the first join some time, and nothing else. */
    static void sealToken() {
        warmUp("sealing a token", TokenWarmUp::run);
    }

    /** Reads a certificate request. A failure costs the first join some time, and nothing else. */
    static void readCsr() {
        warmUp("reading a certificate request", CsrWarmUp::run);
    }

    private static void warmUp(String what, Step step) {
        try {
            Object _ = step.run();
        } catch (GeneralSecurityException | IOException | RuntimeException e) { // the service can start
            LOG.info("{} cannot be warmed up; the first join is slower: {}", what, RootCause.message(e));
        }
    }
}

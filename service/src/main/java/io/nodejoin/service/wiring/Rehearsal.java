package io.nodejoin.service.wiring;

import io.nodejoin.activities.RootCause;
import io.nodejoin.activities.kubernetes.csr.CsrRehearsal;
import io.nodejoin.activities.kubernetes.token.TokenRehearsal;
import java.util.concurrent.Callable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a join does on its own, done once at the start, so that the first join finds the code loaded. */
final class Rehearsal {
    private static final Logger LOG = LoggerFactory.getLogger(Rehearsal.class);

    private Rehearsal() {}

    /** Rehearses. A failure costs the first join some time, and nothing else. */
    static void run() {
        rehearse("sealing a token", TokenRehearsal::run);
        rehearse("reading a certificate request", CsrRehearsal::run);
    }

    private static void rehearse(String what, Callable<?> step) {
        try {
            Object _ = step.call();
        } catch (Exception e) { // whatever fails, the service can start
            LOG.info("{} cannot be rehearsed; the first join is slower: {}", what, RootCause.message(e));
        }
    }
}

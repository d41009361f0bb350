package io.nodejoin.cli.doctor;

import io.nodejoin.cli.doctor.ProbeTokens.ProbeToken;
import java.time.Duration;

/** For information: Nodejoin deletes its tokens itself, and an expired one is rejected in any case. */
record TokenCleaner(ProbeTokens tokens, Poll poll) implements Check {
    private static final Duration CLEANED_WITHIN = Duration.ofSeconds(3);

    @Override
    public Finding run() {
        try (ProbeToken probe = tokens.expired()) {
            return new Finding.Passed(
                    poll.until(CLEANED_WITHIN, () -> !probe.exists())
                            ? "the cluster deletes expired tokens"
                            : "the cluster keeps expired tokens; Nodejoin deletes its own");
        }
    }
}

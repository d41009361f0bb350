package io.nodejoin.agent.host;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class BackoffTest {
    private static final Duration FIRST = Duration.ofSeconds(1);
    private static final Duration TIMEOUT = Duration.ofSeconds(30);

    private final Backoff backoff = new Backoff(new Random(1), FIRST, TIMEOUT);

    @Test
    void shouldDoubleUpToTheMaximum() {
        // given
        Duration full = FIRST;

        for (int failure = 0; failure < 100; failure++) {
            // when
            Duration wait = backoff.nextDelay();

            // then
            assertThat(wait).isBetween(full.dividedBy(2), full);
            full = full.multipliedBy(2).compareTo(TIMEOUT) < 0 ? full.multipliedBy(2) : TIMEOUT;
        }
    }

    @Test
    void shouldAddJitterToTheWait() {
        // given
        Set<Duration> waits = new HashSet<>();

        // when
        for (int host = 0; host < 100; host++) {
            waits.add(new Backoff(new Random(host), FIRST, TIMEOUT).nextDelay());
        }

        // then
        assertThat(waits).hasSizeGreaterThan(50);
    }

    @Test
    void shouldResetAfterASuccess() {
        // given
        for (int failure = 0; failure < 10; failure++) {
            backoff.nextDelay();
        }

        // when
        backoff.reset();

        // then
        assertThat(backoff.nextDelay()).isLessThanOrEqualTo(FIRST);
    }
}

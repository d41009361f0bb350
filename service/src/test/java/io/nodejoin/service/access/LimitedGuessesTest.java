package io.nodejoin.service.access;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.nodejoin.dashboard.access.PasswordGuesses.Guess;
import io.nodejoin.dashboard.access.PasswordGuesses.Result;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LimitedGuessesTest {
    private static final Guess OTTO = new Guess("otto", "192.0.2.7", true);

    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private long now;
    private final LimitedGuesses guesses = new LimitedGuesses(meters, () -> now);

    @BeforeEach
    void guessFiveTimes() {
        for (int guess = 0; guess < 5; guess++) {
            guesses.counted(OTTO, Result.WRONG);
        }
    }

    @Test
    void shouldLimitTheGuessesOfOneUserFromOneAddressAlone() {
        assertThat(guesses.isAllowed(OTTO)).isFalse();
        assertThat(guesses.isAllowed(new Guess("otto", "192.0.2.8", true))).isTrue();
        assertThat(guesses.isAllowed(new Guess("vera", "192.0.2.7", true))).isTrue();
    }

    @Test
    void shouldAllowAnotherGuessInTenSeconds() {
        // when
        now = 10_000_000_000L;

        // then
        assertThat(guesses.isAllowed(OTTO)).isTrue();
    }

    @Test
    void shouldCountEachResult() {
        // when
        guesses.counted(OTTO, Result.THROTTLED);
        guesses.counted(OTTO, Result.RIGHT);

        // then
        assertThat(meters.get("nodejoin_dashboard_passwords").counters())
                .extracting(counter -> counter.getId().getTag("result") + " " + counter.count())
                .containsExactlyInAnyOrder("wrong 5.0", "throttled 1.0", "right 1.0");
    }

    @Test
    void shouldTellTheAddressesOfAClientApartByItsSubnet() {
        assertThat(guesses.subnet("2001:db8::1")).isEqualTo(guesses.subnet("2001:db8::2"));
    }
}

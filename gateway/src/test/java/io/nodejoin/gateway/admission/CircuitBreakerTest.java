package io.nodejoin.gateway.admission;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class CircuitBreakerTest {
    private static final long INTERVAL = Duration.ofSeconds(10).toNanos();

    private final CircuitBreaker breaker = new CircuitBreaker(2, Duration.ofSeconds(10));

    @Test
    void shouldOpenAfterFailuresInARow() {
        // given
        breaker.failed(0);
        boolean early = breaker.isOpen();
        // when
        breaker.failed(1);
        // then
        assertThat(early).isFalse();
        assertThat(breaker.isOpen()).isTrue();
    }

    @Test
    void shouldCountAgainAfterASuccess() {
        // given
        breaker.failed(0);
        breaker.succeeded();
        // when
        breaker.failed(1);
        // then
        assertThat(breaker.isOpen()).isFalse();
    }

    @Test
    void shouldLetOneProbeThroughInEachInterval() {
        // given
        open();
        boolean atOnce = breaker.isProbeDue(0);
        boolean afterInterval = breaker.isProbeDue(INTERVAL);
        // when
        breaker.began(INTERVAL);
        // then
        assertThat(atOnce).isFalse();
        assertThat(afterInterval).isTrue();
        assertThat(breaker.isProbeDue(INTERVAL + 1)).isFalse();
        assertThat(breaker.isProbeDue(2 * INTERVAL)).isTrue();
    }

    @Test
    void shouldCloseWhenAProbeSucceeds() {
        // given
        open();
        // when
        breaker.succeeded();
        // then
        assertThat(breaker.isOpen()).isFalse();
    }

    private void open() {
        breaker.failed(0);
        breaker.failed(0);
    }
}

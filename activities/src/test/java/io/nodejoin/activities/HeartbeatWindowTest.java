package io.nodejoin.activities;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class HeartbeatWindowTest {
    private final AtomicLong nanos = new AtomicLong();
    private final HeartbeatWindow window = new HeartbeatWindow(Duration.ofSeconds(6), nanos::get);

    private void pass(int seconds) {
        nanos.addAndGet(Duration.ofSeconds(seconds).toNanos());
    }

    @Test
    void shouldBeginAnewWithEachSignOfLife() {
        // given
        pass(5);
        assertThat(window.renew()).isTrue();
        pass(5);

        // when
        boolean held = window.renew();

        // then
        assertThat(held).isTrue();
    }

    @Test
    void shouldStayPassedWhoeverSpeaksFirstAfterwards() {
        // given
        pass(7);
        assertThat(window.renew()).isFalse();

        // when
        boolean held = window.renew();

        // then
        assertThat(held).isFalse();
    }

    @Test
    void shouldNeverPassWithoutATimeout() {
        // given
        HeartbeatWindow endless = new HeartbeatWindow(Duration.ZERO, nanos::get);
        pass(100_000);

        // when
        boolean held = endless.renew();

        // then
        assertThat(held).isTrue();
    }
}

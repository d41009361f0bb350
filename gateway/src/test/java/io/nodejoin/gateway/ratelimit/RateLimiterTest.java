package io.nodejoin.gateway.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RateLimiterTest {
    private final AtomicLong now = new AtomicLong();
    private final RateLimiter limiter = new RateLimiter(10, 20, now::get);

    @Test
    void shouldThrottleThousandAttemptsOfOneAddress() {
        // given one address
        String address = "192.0.2.1";
        // when
        long allowed = IntStream.range(0, 1000)
                .filter(_ -> limiter.tryAcquire(address))
                .count();
        // then
        assertThat(allowed).isEqualTo(20);
    }

    @Test
    void shouldAllowAgainAsTimePasses() {
        // given
        IntStream.range(0, 1000).forEach(_ -> limiter.tryAcquire("192.0.2.1"));
        now.addAndGet(Duration.ofMillis(500).toNanos());
        // when
        long allowed = IntStream.range(0, 1000)
                .filter(_ -> limiter.tryAcquire("192.0.2.1"))
                .count();
        // then
        assertThat(allowed).isEqualTo(5);
    }

    @Test
    void shouldNotMakeOneAddressPayForAnother() {
        // given
        IntStream.range(0, 1000).forEach(_ -> limiter.tryAcquire("192.0.2.1"));
        // when
        boolean other = limiter.tryAcquire("192.0.2.2");
        // then
        assertThat(other).isTrue();
    }
}

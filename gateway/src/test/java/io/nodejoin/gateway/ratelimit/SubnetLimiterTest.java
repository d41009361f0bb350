package io.nodejoin.gateway.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;

import io.nodejoin.protocol.time.ManualScheduler;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SubnetLimiterTest {
    private static final String ADDRESS = "192.0.2.1";

    private final ManualScheduler time = new ManualScheduler();
    private final ProvenSubnets proven = new ProvenSubnets(time::nanoTime);
    private final SubnetLimiter limiter = SubnetLimiter.ofRequests(proven, time::nanoTime);

    @Test
    void shouldThrottleAnAddressOfWhichNothingIsKnown() {
        // when
        long served = requests(1000);
        // then
        assertThat(served).isEqualTo(20);
    }

    @Test
    void shouldServeAFleetBehindOneAddressOnceAMachineOfItHasProvedItself() {
        // given
        proven.proved(ADDRESS);
        // when
        long served = requests(1000);
        // then
        assertThat(served).isEqualTo(1000);
    }

    @Test
    void shouldThrottleAlsoAFleetAtSomePoint() {
        // given
        proven.proved(ADDRESS);
        // when
        long served = requests(10_000);
        // then
        assertThat(served).isEqualTo(2000);
    }

    private long requests(int count) {
        return IntStream.range(0, count)
                .filter(_ -> limiter.tryAcquire(ADDRESS))
                .count();
    }
}

package io.nodejoin.gateway.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;

import io.nodejoin.protocol.time.ManualScheduler;
import java.time.Duration;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ConnectionRateLimiterTest {
    private static final String FLEET = "192.0.2.1";
    private static final int STRANGERS = 30;
    private static final int PER_SECOND = 200;

    private final ManualScheduler time = new ManualScheduler();
    private final ProvenSubnets proven = new ProvenSubnets(time::nanoTime);
    private final ConnectionRateLimiter limiter = new ConnectionRateLimiter(proven, 2, time::nanoTime);

    @Test
    void shouldLimitStrangersInAllHoweverManyTheirAddressesAre() {
        // given
        flood(20_000);
        // when
        time.advance(Duration.ofSeconds(1));
        long opened = flood(20_000);
        // then
        assertThat(opened).isEqualTo(PER_SECOND + STRANGERS);
    }

    @Test
    void shouldLetAMachineInAtAnAddressThatOpensFewWhileStrangersTakeAllElse() {
        // given
        flood(20_000);
        // when
        long opened = open(FLEET, 4);
        // then
        assertThat(opened).isEqualTo(4);
    }

    @Test
    void shouldLetAFleetInThatHasProvedItselfWhileStrangersTakeAllElse() {
        // given
        proven.proved(FLEET);
        flood(20_000);
        // when
        long opened = open(FLEET, 1_000);
        // then
        assertThat(opened).isEqualTo(1_000);
    }

    @Test
    void shouldLetTheFirstMachinesOfAFleetBehindOneAddressInAtOnce() {
        // when
        long opened = open(FLEET, 500);
        // then
        assertThat(opened).isEqualTo(500);
    }

    private long flood(int connections) {
        return IntStream.range(0, connections)
                .filter(number -> limiter.tryAcquire("198.51.100." + number % STRANGERS))
                .count();
    }

    private long open(String address, int connections) {
        return IntStream.range(0, connections)
                .filter(_ -> limiter.tryAcquire(address))
                .count();
    }
}

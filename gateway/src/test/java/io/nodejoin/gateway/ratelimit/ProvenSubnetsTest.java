package io.nodejoin.gateway.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;

import io.nodejoin.protocol.time.ManualScheduler;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class ProvenSubnetsTest {
    private final ManualScheduler time = new ManualScheduler();
    private final ProvenSubnets subnets = new ProvenSubnets(time::nanoTime);

    @Test
    void shouldTrustTheSubnetOfAnAgentThatProvedItselfAndNoOther() {
        // when
        subnets.proved("2001:db8::1");
        // then
        assertThat(subnets.isProven("2001:db8::2")).isTrue();
        assertThat(subnets.isProven("2001:db8:1::1")).isFalse();
    }

    @Test
    void shouldTrustItForTenMinutes() {
        // given
        subnets.proved("192.0.2.1");
        time.advance(Duration.ofMinutes(10));
        boolean still = subnets.isProven("192.0.2.1");
        // when
        time.advance(Duration.ofNanos(1));
        // then
        assertThat(still).isTrue();
        assertThat(subnets.isProven("192.0.2.1")).isFalse();
    }
}

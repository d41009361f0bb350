package io.nodejoin.agent.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;

class GatewayClockTest {
    private static final Instant TRUE_TIME = Instant.parse("2026-11-25T10:00:00Z");

    private Instant hostTime = TRUE_TIME;
    private Duration passed = Duration.ZERO;
    private final InstantSource host = () -> hostTime;
    private final Clock clock = new GatewayClock(host.withZone(ZoneOffset.UTC), () -> passed.toNanos());

    private void hear(Instant time) {
        ((GatewayClock) clock).update(time);
    }

    @Test
    void shouldReturnTheTimeOfTheHostBeforeTheFirstResponse() {
        // given
        hostTime = TRUE_TIME.plusSeconds(600);

        // when
        Instant told = clock.instant();

        // then
        assertThat(told).isEqualTo(hostTime);
    }

    @Test
    void shouldReturnTheTimeOfTheGatewayIfTheClockOfTheHostDiffers() {
        // given
        hostTime = TRUE_TIME.plusSeconds(7200);
        hear(TRUE_TIME);
        passed = Duration.ofSeconds(30);

        // when
        Instant told = clock.instant();

        // then
        assertThat(told).isEqualTo(TRUE_TIME.plusSeconds(30));
    }

    @Test
    void shouldNotJumpWithTheClockOfTheHost() {
        // given
        hear(TRUE_TIME);
        hostTime = TRUE_TIME.minusSeconds(600);

        // when
        Instant told = clock.instant();

        // then
        assertThat(told).isEqualTo(TRUE_TIME);
    }

    @Test
    void shouldAdvanceMonotonicallyDespiteResponsesOfDifferentLatency() {
        // given
        hear(TRUE_TIME);
        passed = Duration.ofSeconds(30);
        hear(TRUE_TIME.plusSeconds(28));

        // when
        Instant told = clock.instant();

        // then
        assertThat(told).isEqualTo(TRUE_TIME.plusSeconds(30));
    }

    @Test
    void shouldFollowAGatewayOfAnotherTimeAfterASuspendOfTheHost() {
        // given
        hear(TRUE_TIME);
        hear(TRUE_TIME.plusSeconds(3600));

        // when
        Instant told = clock.instant();

        // then
        assertThat(told).isEqualTo(TRUE_TIME.plusSeconds(3600));
    }
}

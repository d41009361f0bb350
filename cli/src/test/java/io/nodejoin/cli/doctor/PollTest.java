package io.nodejoin.cli.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class PollTest {
    private Instant now = Instant.EPOCH;
    private final Poll poll = new Poll(() -> now, time -> now = now.plus(time));

    @Test
    void shouldNotWaitForWhatIsTrueAlready() {
        // when
        boolean found = poll.until(Duration.ofSeconds(10), () -> true);

        // then
        assertThat(found).isTrue();
        assertThat(now).isEqualTo(Instant.EPOCH);
    }

    @Test
    void shouldSeeWhatBecomesTrueInTime() {
        // given
        AtomicInteger looks = new AtomicInteger();

        // when
        boolean found = poll.until(Duration.ofSeconds(10), () -> looks.incrementAndGet() == 50);

        // then
        assertThat(found).isTrue();
        assertThat(now).isEqualTo(Instant.EPOCH.plusMillis(4_900));
    }

    @Test
    void shouldGiveUpOnceTheTimeHasPassed() {
        // when
        boolean found = poll.until(Duration.ofSeconds(10), () -> false);

        // then
        assertThat(found).isFalse();
        assertThat(now).isEqualTo(Instant.EPOCH.plusSeconds(10));
    }
}

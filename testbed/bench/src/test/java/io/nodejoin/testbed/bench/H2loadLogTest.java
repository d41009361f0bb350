package io.nodejoin.testbed.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.nodejoin.testbed.bench.H2loadLog.Count;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class H2loadLogTest {
    private static final Instant BEGIN = Instant.ofEpochSecond(1);

    @Test
    void shouldCountEachRequestOfTheTimeByWhatCameOfIt() {
        // given
        H2loadLog log = H2loadLog.parse("""
                999999\t200\t500
                1000000\t200\t500
                1000010\t200\t500
                1500000\t429\t90
                1600000\t503\t90
                1700000\t-1\t90
                2999999\t429\t90
                3000000\t200\t500
                """);

        // when
        Count count = log.count(BEGIN, Duration.ofSeconds(2), 4);

        // then
        assertThat(count).isEqualTo(new Count(8, 2, 2, 2, 2));
    }

    @Test
    void shouldNotOweWhatWasSentLateInAddition() {
        // given a request that was due before
        H2loadLog log = H2loadLog.parse("1000000\t200\t500\n1000010\t200\t500\n");

        // when
        Count count = log.count(BEGIN, Duration.ofSeconds(1), 1);

        // then
        assertThat(count).isEqualTo(new Count(1, 2, 0, 0, 0));
    }
}

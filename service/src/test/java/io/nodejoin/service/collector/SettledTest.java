package io.nodejoin.service.collector;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.nodejoin.activities.kubernetes.token.LedgerEntry;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** For how long a sweep looks for what an activity of a join that is over may still make. */
class SettledTest {
    private final FakeRemains remains = new FakeRemains();
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private JoinFate fate = terminated();
    private final Sweep sweep =
            new Sweep(remains, _ -> fate, new JanitorMeters(meters, FakeRemains.CLUSTER), remains::nanoTime);

    @Test
    void shouldForgetATokenOnlyOnceNoActivityOfItsJoinCanActAnyMore() {
        // given
        LedgerEntry entry = remains.join("n1", "aaaaaa");
        sweep.run();
        remains.pass(Sweep.SETTLED.minusSeconds(1));
        sweep.run();
        assertThat(remains.entries).containsExactly(entry);

        // when
        remains.pass(Duration.ofSeconds(1));
        sweep.run();

        // then
        assertThat(remains.entries).isEmpty();
        assertThat(remains.told).hasSize(1);
        assertThat(remains.acts).endsWith("node n1", "forget aaaaaa");
    }

    @ParameterizedTest
    @CsvSource({"120, true", "119, false"})
    void shouldGoByTemporalsClockIfItHasJustBegun(long seconds, boolean forgotten) {
        // given a janitor that died while it watched
        remains.join("n1", "aaaaaa");
        remains.tokens.clear();
        fate = completedAt(FakeRemains.NOW);
        remains.pass(Duration.ofSeconds(seconds));

        // when
        sweep.run();

        // then
        assertThat(remains.entries.isEmpty()).isEqualTo(forgotten);
    }

    @Test
    void shouldWatchForItselfIfTemporalsClockIsAhead() {
        // given
        remains.join("n1", "aaaaaa");
        fate = completedAt(FakeRemains.NOW.plusSeconds(3600));
        sweep.run();
        remains.pass(Sweep.SETTLED);

        // when
        sweep.run();

        // then
        assertThat(remains.entries).isEmpty();
    }

    @Test
    void shouldRevokeWhatALateActivityMadeAfterTheFirstSweep() {
        // given
        LedgerEntry entry = remains.join("n1", "aaaaaa");
        sweep.run();
        remains.tokens.add(entry.token().tokenId());
        remains.pass(Sweep.SETTLED);

        // when
        sweep.run();

        // then
        assertThat(remains.tokens).isEmpty();
        assertThat(remains.entries).as("it is looked at once more").containsExactly(entry);
    }

    @Test
    void shouldShowHowLongAnOrphanIsKnown() {
        // given
        remains.join("n1", "aaaaaa");
        sweep.run();
        remains.pass(Duration.ofSeconds(20));

        // when
        sweep.run();

        // then
        assertThat(meters.get("nodejoin_janitor_orphan_age").timeGauge().value(TimeUnit.SECONDS))
                .isEqualTo(20);
        assertThat(meters.counter("nodejoin_janitor_revoked", "cluster", "fra-1")
                        .count())
                .isOne();
    }

    private static JoinFate terminated() {
        return new JoinFate.Over("ended as terminated", List.of(), JoinFate.Outcome.OWED, JoinFate.Joined.NO);
    }

    private static JoinFate completedAt(Instant closedAt) {
        return new JoinFate.Over("is completed", List.of(), JoinFate.Outcome.TOLD, JoinFate.Joined.NO, closedAt);
    }
}

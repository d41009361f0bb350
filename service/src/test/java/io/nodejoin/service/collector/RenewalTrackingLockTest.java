package io.nodejoin.service.collector;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.extended.leaderelection.resourcelock.LeaderElectionRecord;
import io.fabric8.kubernetes.client.extended.leaderelection.resourcelock.Lock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RenewalTrackingLockTest {
    private static final Duration LIFE = Duration.ofSeconds(20);
    private static final Duration NEARLY = LIFE.minusSeconds(1);

    private final KubernetesClient client = new KubernetesClientBuilder().build();
    private final FakeLock lock = new FakeLock();
    private long nanos;
    private final RenewalTrackingLock trackingLock = new RenewalTrackingLock(lock, LIFE, () -> nanos);

    @AfterEach
    void close() {
        client.close();
    }

    @ParameterizedTest
    @ValueSource(ints = {-10, 0, 10})
    void shouldTakeALeaseForEndedOnceItHasNotChangedForItsLifeWhateverTimeItsHolderHas(int minutesAhead) {
        // given
        lock.record = held("other", minutesAhead, 0);
        boolean first = hasEnded();
        pass(NEARLY);
        boolean later = hasEnded();

        // when
        pass(LIFE.minus(NEARLY));

        // then
        assertThat(first).isFalse();
        assertThat(later).isFalse();
        assertThat(hasEnded()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(ints = {-10, 0, 10})
    void shouldTakeALeaseForLiveAsLongAsItsHolderRenewsIt(int minutesAhead) {
        for (int renewals = 0; renewals < 5; renewals++) {
            // given
            lock.record = held("other", minutesAhead, renewals);

            // when
            boolean ended = hasEnded();

            // then
            assertThat(ended).isFalse();
            pass(NEARLY);
        }
    }

    @Test
    void shouldLeaveItsOwnRecordAndAnAbsentOneAsTheyAre() {
        // given
        LeaderElectionRecord own = held(lock.identity(), 10, 0);

        // when
        lock.record = own;
        LeaderElectionRecord held = trackingLock.get(client);
        lock.record = null;
        LeaderElectionRecord absent = trackingLock.get(client);

        // then
        assertThat(held).isSameAs(own);
        assertThat(absent).isNull();
    }

    @Test
    void shouldHoldForItsLifeFromItsLastRenewal() {
        // given
        pass(NEARLY);

        // when
        trackingLock.update(client, held(lock.identity(), 0, 1));

        // then
        assertThat(trackingLock.expiresAtNanos()).isEqualTo(nanos + LIFE.toNanos());
    }

    private void pass(Duration time) {
        nanos += time.toNanos();
    }

    /** As the elector judges it. */
    private boolean hasEnded() {
        LeaderElectionRecord record = Objects.requireNonNull(trackingLock.get(client));
        return !record.getRenewTime().plus(record.getLeaseDuration()).isAfter(ZonedDateTime.now(ZoneOffset.UTC));
    }

    private static LeaderElectionRecord held(String holder, int minutesAhead, int renewals) {
        ZonedDateTime renewed =
                ZonedDateTime.now(ZoneOffset.UTC).plusMinutes(minutesAhead).plusSeconds(renewals);
        return new LeaderElectionRecord(holder, LIFE, renewed, renewed, 0);
    }

    private static final class FakeLock implements Lock {
        private @Nullable LeaderElectionRecord record;

        @Override
        public @Nullable LeaderElectionRecord get(KubernetesClient client) {
            return record;
        }

        @Override
        public void create(KubernetesClient client, LeaderElectionRecord wanted) {
            record = wanted;
        }

        @Override
        public void update(KubernetesClient client, LeaderElectionRecord wanted) {
            record = wanted;
        }

        @Override
        public String identity() {
            return "own";
        }

        @Override
        public String describe() {
            return "a lock in memory";
        }
    }
}

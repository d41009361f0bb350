package io.nodejoin.service.health;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.nodejoin.dashboard.ServiceStatus.BindingLimit;
import io.nodejoin.protocol.ClusterName;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class AdmissionLimitsTest {
    private static final ClusterName FRA = new ClusterName("fra-1");
    private static final ClusterName BER = new ClusterName("ber-2");
    private static final Tags ACTIVITIES = Tags.of("worker_type", "ActivityWorker", "task_queue", "nodejoin");

    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final AtomicLong nanos = new AtomicLong();
    private final ApiThrottling throttling = new ApiThrottling(nanos::get);
    private final List<Readiness.Dependency> parts = new ArrayList<>(List.of(
            new Readiness.Dependency("kafka", null, null),
            new Readiness.Dependency("temporal", null, null),
            new Readiness.Dependency("cluster fra-1", null, null)));
    private final AtomicInteger paused = gauge("nodejoin_intake_partitions_paused", Tags.empty());
    private final AtomicInteger unread = gauge("nodejoin_intake_lag", Tags.empty());
    private final AtomicInteger tokensOfFra = gauge("nodejoin_tokens_alive", Tags.of("cluster", "fra-1"));
    private final AtomicInteger slots = gauge("temporal_worker_task_slots_available", ACTIVITIES);
    private final AtomicInteger usedSlots = gauge("temporal_worker_task_slots_used", ACTIVITIES);
    private final AdmissionLimits limits = new AdmissionLimits(meters, () -> List.copyOf(parts), throttling);

    private AtomicInteger gauge(String name, Tags tags) {
        return meters.gauge(name, tags, new AtomicInteger());
    }

    private List<String> sentences(ClusterName cluster) {
        return limits.of(cluster).binding().stream().map(BindingLimit::sentence).toList();
    }

    @Test
    void shouldNameNoLimitWhileNoneBinds() {
        // given
        gauge("nodejoin_tokens_limit", Tags.of("cluster", "fra-1")).set(50);
        tokensOfFra.set(49);
        unread.set(99);

        // when, then
        assertThat(limits.of(FRA).binding()).isEmpty();
        assertThat(limits.of(FRA).complete()).isTrue();
    }

    @Test
    void shouldNameTheTokenQuotaOfTheClusterThatHasUsedItUp() {
        // given
        gauge("nodejoin_tokens_limit", Tags.of("cluster", "fra-1")).set(50);
        tokensOfFra.set(50);

        // when, then
        assertThat(sentences(FRA)).containsExactly("50 of 50 tokens exist (maxTokens)");
        assertThat(sentences(BER)).isEmpty();
    }

    @Test
    void shouldNameAnApiServerThatLimitsRequestsUntilHalfAMinuteLater() {
        // given
        throttling.answered(FRA, "2xx");
        throttling.answered(FRA, "429");
        nanos.addAndGet(Duration.ofSeconds(4).toNanos());

        // when, then
        assertThat(sentences(FRA)).containsExactly("its API server limits Nodejoin's requests (429), last 4 s ago");
        assertThat(sentences(BER)).isEmpty();
        nanos.addAndGet(Duration.ofSeconds(30).toNanos());
        assertThat(sentences(FRA)).isEmpty();
    }

    @Test
    void shouldNamePausedPartitionsAndUnreadRequestsForEveryCluster() {
        // given
        paused.set(2);
        unread.set(4711);

        // when, then
        assertThat(sentences(FRA))
                .containsExactly("2 partitions of the requests topic are paused", "4711 requests are not read yet")
                .isEqualTo(sentences(BER));
    }

    @Test
    void shouldNameWorkersWithoutAFreeSlotButNotThoseThatHaveNone() {
        // given
        gauge("temporal_worker_task_slots_available", Tags.of("worker_type", "NexusWorker", "task_queue", "nodejoin"));
        slots.set(0);
        usedSlots.set(10_000);

        // when, then
        assertThat(sentences(FRA)).containsExactly("every task slot of this replica is in use: ActivityWorker");
    }

    @Test
    void shouldBeginWithWhatStopsMost() {
        // given
        paused.set(1);
        parts.set(1, new Readiness.Dependency("temporal", "UNAVAILABLE", null));
        parts.set(2, new Readiness.Dependency("cluster fra-1", "it does not answer", null));

        // when, then
        assertThat(sentences(FRA))
                .containsExactly(
                        "no worker takes joins up: UNAVAILABLE",
                        "1 partition of the requests topic is paused",
                        "the cluster is not ready: it does not answer");
    }

    @Test
    void shouldNotClaimToSeeTheLimitsOfClustersThatItDoesNotReach() {
        // when, then
        assertThat(new AdmissionLimits(meters, () -> parts, null).of(FRA).complete())
                .isFalse();
    }
}

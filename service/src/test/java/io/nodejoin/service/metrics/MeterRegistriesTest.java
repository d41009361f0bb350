package io.nodejoin.service.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.Timer;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.NodeName;
import io.nodejoin.protocol.Phase;
import io.nodejoin.protocol.event.JoinSucceeded;
import io.nodejoin.protocol.event.PhaseTime;
import io.nodejoin.workflows.event.OutcomeEvent;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class MeterRegistriesTest {
    private static final String OPEN_METRICS = "application/openmetrics-text";

    private final PrometheusMeterRegistry meters = MeterRegistries.create();

    @Test
    void shouldNotRegisterWhatTheCatalogueLacks() {
        // when
        meters.counter("temporal_corrupted_signals").increment();
        meters.gauge("jvm.buffer.count", 1);

        // then
        assertThat(meters.scrape()).doesNotContain("corrupted_signals", "jvm_buffer");
    }

    @Test
    void shouldAddUpWhatDiffersInOtherLabels() {
        // when
        meters.counter("temporal_request", "operation", "Poll", "namespace", "a")
                .increment();
        meters.counter("temporal_request", "operation", "Poll", "namespace", "b")
                .increment();

        // then
        assertThat(meters.scrape())
                .contains("# HELP temporal_request_total Requests to Temporal\n")
                .contains("temporal_request_total{operation=\"Poll\"} 2.0\n");
    }

    @Test
    void shouldKeepFewBucketsWhateverALibraryWants() {
        // when
        Timer.builder("temporal_request_latency")
                .publishPercentileHistogram()
                .register(meters)
                .record(Duration.ofMillis(20));

        // then
        assertThat(meters.scrape().lines().filter(line -> line.startsWith("temporal_request_latency_seconds_bucket")))
                .hasSize(6)
                .contains("temporal_request_latency_seconds_bucket{le=\"0.05\"} 1");
    }

    @Test
    void shouldNameTheJoinInTheExemplarOfItsDuration() {
        // given
        ClusterName cluster = new ClusterName("fra-1");
        NodeName node = new NodeName("w1");
        JoinId join = JoinId.of("test", "event-1");
        Instant start = Instant.parse("2026-11-25T10:00:00Z");
        List<PhaseTime> phases =
                List.of(new PhaseTime(Phase.Requested, start), new PhaseTime(Phase.Joined, start.plusSeconds(4)));

        // when
        new CountingEventActivities(_ -> {}, meters)
                .publish(List.of(new OutcomeEvent(
                        "id-1",
                        cluster,
                        node.value(),
                        start,
                        new JoinSucceeded(cluster, node, join, "uid", phases, null, null))));

        // then
        assertThat(meters.scrape(OPEN_METRICS))
                .containsPattern(
                        "nodejoin_join_duration_seconds_bucket\\{.*le=\"5\\.0\"} 1 # \\{.*trace_id=\"" + join.value());
        assertThat(meters.scrape(OPEN_METRICS)).doesNotContain("w1");
    }
}

package io.nodejoin.service.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.NodeName;
import io.nodejoin.protocol.Phase;
import io.nodejoin.protocol.discovery.TokenId;
import io.nodejoin.protocol.event.JoinPhaseChanged;
import io.nodejoin.protocol.event.JoinRevocationUnverified;
import io.nodejoin.protocol.event.JoinSucceeded;
import io.nodejoin.protocol.event.LifecycleEvent;
import io.nodejoin.protocol.event.PhaseTime;
import io.nodejoin.workflows.event.OutcomeEvent;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class CountingEventActivitiesTest {
    private static final ClusterName CLUSTER = new ClusterName("kraken");
    private static final NodeName NODE = new NodeName("w1");
    private static final JoinId JOIN = JoinId.of("test", "event-1");
    private static final Instant AT = Instant.parse("2026-11-25T10:00:00Z");

    private final MeterRegistry meters = new SimpleMeterRegistry();
    private final CountingEventActivities events = new CountingEventActivities(_ -> {}, meters);

    @Test
    void shouldCountAttemptsThatAreTakenBackByTheirCode() {
        // when
        publish(
                phase(Phase.TokenIssued, null),
                phase(Phase.Compensating, ErrorCode.TOKEN_LOST),
                phase(Phase.Compensating, ErrorCode.TOKEN_LOST));

        // then
        assertThat(meters.find("nodejoin_attempts_compensated").counters())
                .singleElement()
                .satisfies(counter -> {
                    assertThat(counter.getId().getTag("reason")).isEqualTo("TOKEN_LOST");
                    assertThat(counter.count()).isEqualTo(2);
                });
    }

    @Test
    void shouldCountUnverifiedRevocationsByCluster() {
        // when
        publish(new JoinRevocationUnverified(CLUSTER, NODE, JOIN, new TokenId("abc123"), AT));

        // then
        assertThat(meters.get("nodejoin_revocations_unverified")
                        .tag("cluster", CLUSTER.value())
                        .counter()
                        .count())
                .isEqualTo(1);
    }

    @Test
    void shouldTimeEachPhaseOfEachAttempt() {
        // given
        List<PhaseTime> phases = List.of(
                new PhaseTime(Phase.Requested, AT),
                new PhaseTime(Phase.AgentConnected, AT.plusSeconds(1)),
                new PhaseTime(Phase.Compensating, AT.plusSeconds(3)),
                new PhaseTime(Phase.AgentConnected, AT.plusSeconds(7)),
                new PhaseTime(Phase.Joined, AT.plusSeconds(8)));

        // when
        publish(new JoinSucceeded(CLUSTER, NODE, JOIN, "uid-1", phases, null, null));

        // then
        var connected = meters.get("nodejoin_join_phase_duration")
                .tag("phase", "AgentConnected")
                .timer();
        assertThat(connected.count()).isEqualTo(2);
        assertThat(connected.totalTime(TimeUnit.SECONDS)).isEqualTo(5);
        assertThat(meters.get("nodejoin_joins")
                        .tag("outcome", "succeeded")
                        .counter()
                        .count())
                .isEqualTo(1);
    }

    @Test
    void shouldNotCountWhatIsNotOut() {
        // given
        var unheard = new CountingEventActivities(
                _ -> {
                    throw new IllegalStateException("no broker");
                },
                meters);

        // then
        assertThatThrownBy(
                        () -> unheard.publish(List.of(announcement(phase(Phase.Compensating, ErrorCode.TOKEN_LOST)))))
                .hasMessage("no broker");
        assertThat(meters.getMeters()).isEmpty();
    }

    private void publish(LifecycleEvent.Outcome... batch) {
        events.publish(
                Stream.of(batch).map(CountingEventActivitiesTest::announcement).toList());
    }

    private static OutcomeEvent announcement(LifecycleEvent.Outcome event) {
        return new OutcomeEvent("id-1", CLUSTER, NODE.value(), AT, event);
    }

    private static JoinPhaseChanged phase(Phase phase, @Nullable ErrorCode reason) {
        return new JoinPhaseChanged(CLUSTER, NODE, JOIN, phase, AT, reason);
    }
}

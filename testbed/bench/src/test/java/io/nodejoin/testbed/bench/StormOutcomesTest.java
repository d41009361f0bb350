package io.nodejoin.testbed.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.NodeName;
import io.nodejoin.protocol.Phase;
import io.nodejoin.protocol.event.JoinAccepted;
import io.nodejoin.protocol.event.JoinFailed;
import io.nodejoin.protocol.event.JoinSucceeded;
import io.nodejoin.protocol.event.PhaseTime;
import io.nodejoin.testbed.bench.StormOutcomes.FailedJoin;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class StormOutcomesTest {
    private static final ClusterName CLUSTER = new ClusterName("testbed");
    private static final NodeName NODE = new NodeName("w-1");
    private static final JoinId JOIN = JoinId.of("bench", "w-1");
    private static final Instant NOW = Instant.EPOCH;

    private final StormOutcomes outcomes = new StormOutcomes(List.of("testbed/w-1", "testbed/w-2"));

    @Test
    void shouldTellWhenEachJoinHasSucceeded() {
        // given
        var accepted = new JoinAccepted(CLUSTER, NODE, JOIN, NOW, null);

        // when
        boolean first = outcomes.accept("testbed/w-1", accepted, 0.5);
        boolean second = outcomes.accept("testbed/w-2", succeeded(Phase.Joined), 1.5);

        // then
        assertThat(first).isFalse();
        assertThat(second).isTrue();
        assertThat(outcomes.succeeded()).isEqualTo(Map.of("testbed/w-2", 1.5));
        assertThat(outcomes.isComplete()).isFalse();
    }

    @Test
    void shouldCountAttemptsBeyondTheFirst() {
        // when
        outcomes.accept(
                "testbed/w-1", succeeded(Phase.Requested, Phase.Compensating, Phase.Requested, Phase.Joined), 9);
        outcomes.accept("testbed/w-2", failed(Phase.Requested, Phase.Compensating, Phase.Compensating), 12);

        // then
        assertThat(outcomes.wastedAttempts()).isEqualTo(2);
        assertThat(outcomes.failed()).containsExactly(new FailedJoin("testbed/w-2", "AGENT_UNREACHABLE: it is silent"));
        assertThat(outcomes.isComplete()).isTrue();
    }

    @Test
    void shouldTakeAnEventThatComesTwiceOnce() {
        // when
        outcomes.accept("testbed/w-1", failed(Phase.Compensating), 3);
        outcomes.accept("testbed/w-1", failed(Phase.Compensating), 4);

        // then
        assertThat(outcomes.failed()).hasSize(1);
        assertThat(outcomes.wastedAttempts()).isZero();
    }

    @Test
    void shouldNotMindJoinsOfOthers() {
        // when
        boolean success = outcomes.accept("testbed/other", succeeded(Phase.Joined), 3);

        // then
        assertThat(success).isFalse();
        assertThat(outcomes.succeeded()).isEmpty();
    }

    @Test
    void shouldCountWhatDoesNotEndAsFailed() {
        // given
        outcomes.accept("testbed/w-1", succeeded(Phase.Joined), 3);

        // when
        outcomes.abandon("has not ended");

        // then
        assertThat(outcomes.failed()).containsExactly(new FailedJoin("testbed/w-2", "has not ended"));
        assertThat(outcomes.isComplete()).isTrue();
    }

    private static JoinSucceeded succeeded(Phase... phases) {
        return new JoinSucceeded(CLUSTER, NODE, JOIN, "uid", times(phases), null, null);
    }

    private static JoinFailed failed(Phase... phases) {
        return new JoinFailed(
                CLUSTER,
                NODE,
                JOIN,
                ErrorCode.AGENT_UNREACHABLE,
                ErrorCode.AGENT_UNREACHABLE.reasonClass(),
                "it is silent",
                true,
                null,
                false,
                List.of(),
                List.of(),
                times(phases),
                null);
    }

    private static List<PhaseTime> times(Phase... phases) {
        return Stream.of(phases).map(phase -> new PhaseTime(phase, NOW)).toList();
    }
}

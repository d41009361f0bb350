package io.nodejoin.gateway.enrollment;

import static org.assertj.core.api.Assertions.assertThat;

import io.nodejoin.gateway.Samples;
import io.nodejoin.gateway.temporal.FakeJoinWorkflows;
import io.nodejoin.protocol.time.ManualScheduler;
import io.nodejoin.workflows.node.NodeRef;
import java.time.Duration;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class KnownJoinsTest {
    private static final NodeRef NODE = Samples.WORKER_A.node();
    private static final Duration INTERVAL = Duration.ofSeconds(60);

    private final ManualScheduler time = new ManualScheduler();
    private final FakeJoinWorkflows workflows = new FakeJoinWorkflows();
    private final KnownJoins joins = new KnownJoins(workflows, INTERVAL, time::nanoTime);

    @Test
    void shouldAskOnceHoweverOftenAnAgentAsks() {
        // given
        joins.find(NODE);
        time.advance(INTERVAL.dividedBy(2));
        // when
        joins.find(NODE);
        // then
        assertThat(workflows.asked).hasSize(1);
    }

    @Test
    void shouldAskAgainAfterAboutTheInterval() {
        // given
        joins.find(NODE);
        Duration until = joins.untilNextQuery(NODE);
        time.advance(until);
        // when
        joins.find(NODE);
        // then
        assertThat(until)
                .isBetween(
                        INTERVAL.multipliedBy(3).dividedBy(4),
                        INTERVAL.multipliedBy(5).dividedBy(4));
        assertThat(workflows.asked).hasSize(2);
    }

    @Test
    void shouldAskAtOnceWhenAJoinHasStarted() {
        // given
        joins.find(NODE);
        workflows.start(Samples.WORKER_A, "");
        // when
        joins.started(NODE);
        // then
        assertThat(joins.find(NODE)).isPresent();
    }

    @Test
    void shouldNotKeepAnAnswerThatAStartHasOutdated() {
        // given
        workflows.whileLooking(() -> {
            workflows.start(Samples.WORKER_A, "");
            joins.started(NODE);
        });
        // when
        joins.find(NODE);
        // then
        assertThat(joins.find(NODE)).isPresent();
    }

    @Test
    void shouldAskAboutAStartedJoinWhileStrangersNameNodesThatNoJoinExpects() {
        // given
        IntStream.range(0, 1000)
                .forEach(
                        number -> joins.find(Samples.agent("stranger-" + number).node()));
        workflows.start(Samples.WORKER_A, "");
        // when
        joins.started(NODE);
        // then
        assertThat(joins.find(NODE)).isPresent();
        assertThat(workflows.asked).hasSizeLessThan(500);
    }

    @Test
    void shouldLetANodeWaitForItsStartWhileTooManyAreUnknown() {
        // given
        IntStream.range(0, 1000)
                .forEach(
                        number -> joins.find(Samples.agent("stranger-" + number).node()));
        workflows.start(Samples.WORKER_A, "");
        // when
        var found = joins.find(NODE);
        // then
        assertThat(found).isEmpty();
        assertThat(joins.untilNextQuery(NODE)).isEqualTo(Duration.ofSeconds(5));
    }

    @Test
    void shouldPauseWhileTemporalDoesNotRespond() {
        // given
        workflows.away.set(true);
        joins.find(NODE);
        // when
        joins.find(NODE);
        // then
        assertThat(workflows.asked).hasSize(1);
        assertThat(joins.untilNextQuery(NODE)).isEqualTo(Duration.ofSeconds(5));
    }

    @Test
    void shouldKnowTheRunThatItHasFound() {
        // given
        workflows.start(Samples.WORKER_A, "");
        // when
        String run = joins.find(NODE).orElseThrow().run();
        // then
        assertThat(joins.isKnown(NODE, run)).isTrue();
        assertThat(joins.isKnown(NODE, "another")).isFalse();
    }
}

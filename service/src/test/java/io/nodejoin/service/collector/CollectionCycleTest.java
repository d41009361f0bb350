package io.nodejoin.service.collector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.nodejoin.activities.kubernetes.outbox.PendingOutcome;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.Phase;
import io.nodejoin.protocol.event.JoinFailed;
import io.nodejoin.protocol.event.PhaseTime;
import io.nodejoin.workflows.event.OutcomeEvent;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class CollectionCycleTest {
    private static final WorkflowStatus TERMINATED = new WorkflowStatus.Closed(
            "ended as terminated",
            List.of(
                    new PhaseTime(Phase.Requested, FakeOrphanCollector.NOW),
                    new PhaseTime(Phase.TokenIssued, FakeOrphanCollector.NOW)),
            WorkflowStatus.OutcomeState.PENDING,
            WorkflowStatus.Joined.NO);
    private static final WorkflowStatus LOST = new WorkflowStatus.Closed(
            "is no longer in Temporal", List.of(), WorkflowStatus.OutcomeState.PENDING, WorkflowStatus.Joined.UNKNOWN);

    private final FakeOrphanCollector collector = new FakeOrphanCollector();
    private final Map<String, WorkflowStatus> fates = new HashMap<>();
    private final AtomicInteger asked = new AtomicInteger();
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private String unreadable = "";
    private CollectionCycle cycle = newCycle();

    private CollectionCycle newCycle() {
        CollectorMetrics metrics = new CollectorMetrics(meters, FakeOrphanCollector.CLUSTER);
        return new CollectionCycle(collector, new Runs(), metrics, collector.guard, collector::nanoTime);
    }

    private final class Runs implements WorkflowStatuses {
        @Override
        public WorkflowStatus quickStatus(OrphanedJoin orphan) {
            asked.incrementAndGet();
            return fates.getOrDefault(orphan.node().value(), new WorkflowStatus.Running());
        }

        @Override
        public WorkflowStatus status(OrphanedJoin orphan) {
            if (orphan.node().value().equals(unreadable)) {
                throw new IllegalStateException("its history cannot be read");
            }
            return quickStatus(orphan);
        }
    }

    @Test
    void shouldLeaveARunningJoinAloneEvenBeyondItsEnd() {
        // given
        collector.join("n1", "aaaaaa");
        collector.pass(Duration.ofHours(1));

        // when
        cycle.run();

        // then
        assertThat(collector.acts).isEmpty();
    }

    @Test
    void shouldRevokeFirstAndTellTheOutcomeOnceAJoinIsOver() {
        // given
        collector.join("n1", "aaaaaa");
        collector.join("n2", "bbbbbb");
        fates.put("n1", TERMINATED);

        // when
        cycle.run();

        // then
        assertThat(collector.acts)
                .containsExactly(
                        "revoke aaaaaa",
                        "unsign aaaaaa",
                        "deny aaaaaa",
                        "node n1",
                        "decide n1",
                        "tell",
                        "forget join n1");
        assertThat(collector.tokens).extracting(Object::toString).containsExactly("bbbbbb");
    }

    @Test
    void shouldRevokeTheTokensOfAllJoinsBeforeItDoesAnythingElseForOne() {
        // given
        terminated(List.of("n1", "n2", "n3"));

        // when
        cycle.run();

        // then
        assertThat(collector.acts)
                .startsWith("revoke n1aaaa", "revoke n2aaaa", "revoke n3aaaa")
                .endsWith("unsign n3aaaa", "deny n3aaaa", "node n3", "decide n3", "tell", "forget join n3");
    }

    @Test
    void shouldTellTheOutcomeOfARequestThatWaitedForAJoinThatIsOver() {
        // given
        collector.join("n1", "aaaaaa");
        waitsForTheFirst("n2");

        // when
        cycle.run();
        cycle.run();

        // then
        assertThat(collector.acts).containsSubsequence("enter n2", "forget join n1", "tell", "forget join n2");
        assertThat(collector.told).hasSize(2);
    }

    @Test
    void shouldTellTheOutcomeOfSuchARequestOnceHoweverLongTheJoinIsTakenBack() {
        // given
        collector.join("n1", "aaaaaa");
        waitsForTheFirst("n2");
        collector.effects = (act, effect) -> {
            if (act.equals("unsign aaaaaa")) {
                throw new IllegalStateException("the cluster does not answer");
            }
            effect.run();
        };

        // when
        for (int times = 0; times < 3; times++) {
            cycle.run();
        }

        // then
        assertThat(collector.acts).containsOnlyOnce("enter n2", "forget join n2");
    }

    @Test
    void shouldEnterNoRequestThatTheLedgerHolds() {
        // given
        collector.join("n1", "aaaaaa");
        collector.accepted("n2");
        waitsForTheFirst("n2");

        // when
        cycle.run();

        // then
        assertThat(collector.acts).doesNotContain("enter n2");
        assertThat(collector.told).hasSize(2);
    }

    private void waitsForTheFirst(String node) {
        fates.put(
                "n1",
                new WorkflowStatus.Closed(
                        "ended as terminated",
                        List.of(),
                        WorkflowStatus.OutcomeState.PENDING,
                        WorkflowStatus.Joined.NO,
                        List.of(FakeOrphanCollector.open(PendingOutcome.RequestKind.JOIN, node)),
                        null));
        fates.put(node, TERMINATED);
    }

    @Test
    void shouldAskForAJoinRightBeforeItsTokenIsRevoked() {
        // given
        terminated(List.of("n1", "n2", "n3"));
        collector.effects = (act, effect) -> {
            if (act.equals("revoke n1aaaa")) {
                fates.put("n3", new WorkflowStatus.Running());
            }
            effect.run();
        };

        // when
        cycle.run();

        // then
        assertThat(collector.tokens).extracting(Object::toString).containsExactly("n3aaaa");
    }

    @Test
    void shouldLeaveAJoinAloneThatWasResetSinceItsTokenWasRevoked() {
        // given
        terminated(List.of("n1", "n2"));
        collector.effects = (act, effect) -> {
            if (act.equals("unsign n1aaaa")) {
                fates.put("n2", new WorkflowStatus.Running());
            }
            effect.run();
        };

        // when
        cycle.run();

        // then
        assertThat(collector.acts)
                .contains("revoke n2aaaa")
                .doesNotContain("unsign n2aaaa", "node n2", "forget join n2");
        assertThat(collector.told).hasSize(1);
    }

    @Test
    void shouldRevokeTheTokenOfAJoinThatIsLostWhileItSettlesOthersForLong() {
        // given
        terminated(List.of("n1", "n2"));
        meanwhile("unsign n1aaaa", () -> {
            collector.join("n3", "n3aaaa");
            fates.put("n3", LOST);
            collector.pass(CollectionCycle.REVOCATION_INTERVAL);
        });

        // when
        cycle.run();

        // then
        assertThat(collector.acts).containsSubsequence("unsign n1aaaa", "revoke n3aaaa", "unsign n2aaaa");
        assertThat(collector.acts).as("it is settled by the next sweep").doesNotContain("unsign n3aaaa");
    }

    @Test
    void shouldRevokeOnceWhereItSettlesWithoutDelay() {
        // given
        terminated(List.of("n1", "n2"));
        meanwhile("unsign n1aaaa", () -> collector.pass(CollectionCycle.REVOCATION_INTERVAL.minusNanos(1)));

        // when
        cycle.run();

        // then
        assertThat(collector.acts).containsOnlyOnce("revoke n1aaaa", "revoke n2aaaa");
    }

    @Test
    void shouldRevokeTheTokenOfAJoinWhoseHistoryCannotBeReadAndSettleTheOthers() {
        // given
        collector.join("n1", "aaaaaa");
        collector.join("n2", "bbbbbb");
        fates.put("n1", TERMINATED);
        fates.put("n2", TERMINATED);
        unreadable = "n1";

        // when
        cycle.run();

        // then
        assertThat(collector.tokens).isEmpty();
        assertThat(collector.open).extracting(PendingOutcome::joinId).containsExactly(FakeOrphanCollector.joinId("n1"));
        assertThat(collector.told).hasSize(1);
        assertThat(meters.counter("nodejoin_garbage_collector_cycles", "cluster", "fra-1", "result", "failed")
                        .count())
                .isOne();
    }

    @Test
    void shouldReportTokensThatAreAliveAndThoseThatCannotBeRevoked() {
        // given
        collector.join("n1", "aaaaaa");
        collector.join("n2", "bbbbbb");
        collector.join("n3", "cccccc");
        fates.put("n1", TERMINATED);
        fates.put("n2", TERMINATED);
        collector.failAt("revoke aaaaaa");

        // when
        cycle.run();

        // then
        assertThat(meters.get("nodejoin_tokens_alive").gauge().value()).isEqualTo(2);
        assertThat(meters.get("nodejoin_tokens_orphaned").gauge().value()).isEqualTo(1);
    }

    @Test
    void shouldSayInTheOutcomeWhatHappenedAndWhatIsLeft() {
        // given
        collector.join("n1", "aaaaaa");
        collector.node = Optional.of("Node: n1 exists");
        fates.put("n1", TERMINATED);

        // when
        cycle.run();

        // then
        OutcomeEvent told = collector.told.getFirst();
        assertThat(told.id()).isEqualTo("node-join/fra-1/n1/run-1/Failed");
        assertThat(told.event()).isInstanceOfSatisfying(JoinFailed.class, failed -> {
            assertThat(failed.reason()).isEqualTo(ErrorCode.TERMINATED);
            assertThat(failed.retryable()).isTrue();
            assertThat(failed.replaceHost()).isTrue();
            assertThat(failed.detail()).contains("n1").contains("ended as terminated");
            assertThat(failed.residue())
                    .hasSize(2)
                    .contains("Node: n1 exists")
                    .anyMatch(line -> line.startsWith("Host:"));
            assertThat(failed.phases())
                    .extracting(PhaseTime::phase)
                    .containsExactly(Phase.Requested, Phase.TokenIssued, Phase.Failed);
        });
    }

    @Test
    void shouldTellTheOutcomeOfAJoinThatHadNoTokenYet() {
        // given
        collector.accepted("n1");
        fates.put("n1", LOST);

        // when
        cycle.run();

        // then
        assertThat(collector.told).hasSize(1);
        assertThat(collector.open).isEmpty();
    }

    @Test
    void shouldTellNothingWhenTheOutcomeIsOut() {
        // given
        collector.join("n1", "aaaaaa");
        fates.put(
                "n1",
                new WorkflowStatus.Closed(
                        "is completed", List.of(), WorkflowStatus.OutcomeState.PUBLISHED, WorkflowStatus.Joined.NO));

        // when
        cycle.run();

        // then
        assertThat(collector.told).isEmpty();
        assertThat(collector.open).isEmpty();
        assertThat(collector.tokens).isEmpty();
    }

    static Stream<WorkflowStatus> unknown() {
        return Stream.of(
                new WorkflowStatus.Unreachable("away"),
                new WorkflowStatus.Unknown("damaged"),
                new WorkflowStatus.OtherNamespace("elsewhere"));
    }

    @ParameterizedTest
    @MethodSource("unknown")
    void shouldTakeAJoinForARunningOneUntilItsTokenHasEnded(WorkflowStatus unknown) {
        // given
        collector.join("n1", "aaaaaa");
        fates.put("n1", unknown);
        collector.pass(Duration.ofMinutes(14));
        cycle.run();
        assertThat(collector.acts).isEmpty();

        // when
        collector.pass(Duration.ofSeconds(1));
        cycle.run();

        // then
        assertThat(collector.acts).containsExactly("revoke aaaaaa", "unsign aaaaaa", "deny aaaaaa", "forget aaaaaa");
        assertThat(collector.open).as("its outcome is still owed").hasSize(1);
    }

    @Test
    void shouldAskTemporalOnceWhileItIsAway() {
        // given
        for (int i = 0; i < 10; i++) {
            collector.accepted("n" + i);
            fates.put("n" + i, new WorkflowStatus.Unreachable("away"));
        }

        // when
        cycle.run();

        // then
        assertThat(asked).hasValue(1);
    }

    @Test
    void shouldRevokeForTheOtherJoinsWhenTemporalDoesNotTellOfOne() {
        // given
        collector.join("n1", "aaaaaa");
        collector.join("n2", "bbbbbb");
        fates.put("n1", new WorkflowStatus.Unknown("damaged"));
        fates.put("n2", TERMINATED);

        // when
        cycle.run();

        // then
        assertThat(collector.tokens).extracting(Object::toString).containsExactly("aaaaaa");
        assertThat(collector.told).hasSize(1);
    }

    @Test
    void shouldAskTemporalNoMoreOnceItGoesAwayWhileJoinsAreSettled() {
        // given
        List<String> nodes = List.of("n1", "n2", "n3", "n4");
        nodes.forEach(node -> collector.join(node, node + "aaaa"));
        nodes.forEach(node -> fates.put(node, TERMINATED));
        meanwhile("forget join n1", () -> {
            nodes.forEach(node -> fates.put(node, new WorkflowStatus.Unreachable("away")));
            collector.pass(Duration.ofMinutes(15));
        });

        // when
        cycle.run();

        // then
        assertThat(asked).as("four, the first one again, and once more").hasValue(6);
        assertThat(collector.told).hasSize(1);
        assertThat(collector.entries)
                .as("tokens that have ended end all the same")
                .extracting(entry -> entry.node().value())
                .containsExactly("n1");
    }

    @Test
    void shouldSettleTheOtherJoinsWhenOneCannotBeSettled() {
        // given
        collector.join("n1", "aaaaaa");
        collector.join("n2", "bbbbbb");
        fates.put("n1", TERMINATED);
        fates.put("n2", TERMINATED);
        collector.failAt("revoke aaaaaa");

        // when
        cycle.run();

        // then
        assertThat(collector.tokens).extracting(Object::toString).containsExactly("aaaaaa");
        assertThat(collector.open).hasSize(1);
        assertThat(meters.counter("nodejoin_garbage_collector_cycles", "cluster", "fra-1", "result", "failed")
                        .count())
                .isOne();
    }

    @Test
    void shouldNameInTheOutcomeWhatCannotBeTakenBackRatherThanHoldItUp() {
        // given
        collector.join("n1", "aaaaaa");
        fates.put("n1", TERMINATED);
        collector.failAt("revoke aaaaaa");
        cycle.run();
        assertThat(collector.told).isEmpty();

        // when
        collector.pass(CollectionCycle.MAX_OUTCOME_DELAY);
        cycle.run();

        // then
        assertThat(collector.told)
                .extracting(OutcomeEvent::event)
                .singleElement()
                .isInstanceOfSatisfying(
                        JoinFailed.class,
                        failed -> assertThat(failed.residue()).anyMatch(line -> line.startsWith("Token aaaaaa: ")));
        assertThat(collector.entries).as("it is tried on").hasSize(1);
    }

    static Stream<Arguments> cuts() {
        return IntStream.range(0, 7)
                .boxed()
                .flatMap(act -> Stream.of(false, true).map(after -> Arguments.of(act, after)));
    }

    @ParameterizedTest
    @MethodSource("cuts")
    void shouldGoOnAfterItsProcessDiedAtAnyAct(int cut, boolean afterTheEffect) {
        // given
        collector.join("n1", "aaaaaa");
        fates.put("n1", TERMINATED);
        collector.dieAt(cut, afterTheEffect);
        assertThatThrownBy(cycle::run).isInstanceOf(FakeOrphanCollector.Killed.class);
        collector.live();
        collector.pass(Duration.ofSeconds(1));

        // when
        cycle = newCycle();
        cycle.run();
        collector.pass(CollectionCycle.QUIESCENT_AFTER);
        cycle.run();

        // then
        assertThat(collector.tokens).isEmpty();
        assertThat(collector.entries).isEmpty();
        assertThat(collector.open).isEmpty();
        assertThat(collector.told.stream().distinct()).hasSize(1);
    }

    @Test
    void shouldNotActForAJoinThatWasResetWhileItsProcessWasSuspended() {
        // given
        terminated(List.of("n1"));
        meanwhile("unsign n1aaaa", () -> {
            collector.pass(FreshnessGuard.MAX_AGE);
            fates.put("n1", new WorkflowStatus.Running());
        });

        // when
        cycle.run();

        // then
        assertThat(collector.acts).containsExactly("revoke n1aaaa", "unsign n1aaaa");
        assertThat(collector.open).hasSize(1);
    }

    @Test
    void shouldCollectAJoinHoweverSlowTheClusterIs() {
        // given
        terminated(List.of("n1"));
        collector.effects = (_, effect) -> {
            collector.pass(FreshnessGuard.MAX_AGE);
            effect.run();
        };

        // when
        cycle.run();

        // then
        assertThat(collector.told).hasSize(1);
        assertThat(collector.open).isEmpty();
    }

    private void meanwhile(String act, Runnable happening) {
        collector.effects = (each, effect) -> {
            if (each.equals(act)) {
                happening.run();
            }
            effect.run();
        };
    }

    private void terminated(List<String> nodes) {
        nodes.forEach(node -> collector.join(node, node + "aaaa"));
        nodes.forEach(node -> fates.put(node, TERMINATED));
    }
}

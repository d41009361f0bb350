package io.nodejoin.service.collector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.nodejoin.activities.kubernetes.outbox.OpenJoin;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.Phase;
import io.nodejoin.protocol.join.JoinFailed;
import io.nodejoin.protocol.join.PhaseTime;
import io.nodejoin.workflows.event.Announcement;
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

class SweepTest {
    private static final JoinFate TERMINATED = new JoinFate.Over(
            "ended as terminated",
            List.of(new PhaseTime(Phase.Requested, FakeRemains.NOW), new PhaseTime(Phase.TokenIssued, FakeRemains.NOW)),
            JoinFate.Outcome.OWED,
            JoinFate.Joined.NO);
    private static final JoinFate LOST = new JoinFate.Over(
            "is not known to Temporal any more", List.of(), JoinFate.Outcome.OWED, JoinFate.Joined.UNKNOWN);

    private final FakeRemains remains = new FakeRemains();
    private final Map<String, JoinFate> fates = new HashMap<>();
    private final AtomicInteger asked = new AtomicInteger();
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private String unreadable = "";
    private Sweep sweep = janitor();

    private Sweep janitor() {
        JanitorMeters counts = new JanitorMeters(meters, FakeRemains.CLUSTER);
        return new Sweep(remains, new Runs(), counts, remains::nanoTime);
    }

    private final class Runs implements JoinRuns {
        @Override
        public JoinFate glance(Remnant remnant) {
            asked.incrementAndGet();
            return fates.getOrDefault(remnant.node().value(), new JoinFate.Running());
        }

        @Override
        public JoinFate fate(Remnant remnant) {
            if (remnant.node().value().equals(unreadable)) {
                throw new IllegalStateException("its history cannot be read");
            }
            return glance(remnant);
        }
    }

    @Test
    void shouldLeaveARunningJoinAloneEvenBeyondItsEnd() {
        // given
        remains.join("n1", "aaaaaa");
        remains.pass(Duration.ofHours(1));

        // when
        sweep.run();

        // then
        assertThat(remains.acts).isEmpty();
    }

    @Test
    void shouldRevokeFirstAndTellTheOutcomeOnceAJoinIsOver() {
        // given
        remains.join("n1", "aaaaaa");
        remains.join("n2", "bbbbbb");
        fates.put("n1", TERMINATED);

        // when
        sweep.run();

        // then
        assertThat(remains.acts)
                .containsExactly(
                        "revoke aaaaaa",
                        "unsign aaaaaa",
                        "deny aaaaaa",
                        "node n1",
                        "decide n1",
                        "tell",
                        "forget join n1");
        assertThat(remains.tokens).extracting(Object::toString).containsExactly("bbbbbb");
    }

    @Test
    void shouldRevokeTheTokensOfAllJoinsBeforeItDoesAnythingElseForOne() {
        // given
        terminated(List.of("n1", "n2", "n3"));

        // when
        sweep.run();

        // then
        assertThat(remains.acts)
                .startsWith("revoke n1aaaa", "revoke n2aaaa", "revoke n3aaaa")
                .endsWith("unsign n3aaaa", "deny n3aaaa", "node n3", "decide n3", "tell", "forget join n3");
    }

    @Test
    void shouldTellTheOutcomeOfARequestThatWaitedForAJoinThatIsOver() {
        // given
        remains.join("n1", "aaaaaa");
        waitsForTheFirst("n2");

        // when
        sweep.run();
        sweep.run();

        // then
        assertThat(remains.acts).containsSubsequence("enter n2", "forget join n1", "tell", "forget join n2");
        assertThat(remains.told).hasSize(2);
    }

    @Test
    void shouldTellTheOutcomeOfSuchARequestOnceHoweverLongTheJoinIsTakenBack() {
        // given
        remains.join("n1", "aaaaaa");
        waitsForTheFirst("n2");
        remains.effects = (act, effect) -> {
            if (act.equals("unsign aaaaaa")) {
                throw new IllegalStateException("the cluster does not answer");
            }
            effect.run();
        };

        // when
        for (int times = 0; times < 3; times++) {
            sweep.run();
        }

        // then
        assertThat(remains.acts).containsOnlyOnce("enter n2", "forget join n2");
    }

    @Test
    void shouldEnterNoRequestThatTheLedgerHolds() {
        // given
        remains.join("n1", "aaaaaa");
        remains.accepted("n2");
        waitsForTheFirst("n2");

        // when
        sweep.run();

        // then
        assertThat(remains.acts).doesNotContain("enter n2");
        assertThat(remains.told).hasSize(2);
    }

    private void waitsForTheFirst(String node) {
        fates.put(
                "n1",
                new JoinFate.Over(
                        "ended as terminated",
                        List.of(),
                        JoinFate.Outcome.OWED,
                        JoinFate.Joined.NO,
                        List.of(FakeRemains.open(OpenJoin.Way.IN, node)),
                        null));
        fates.put(node, TERMINATED);
    }

    @Test
    void shouldAskForAJoinRightBeforeItsTokenIsRevoked() {
        // given
        terminated(List.of("n1", "n2", "n3"));
        remains.effects = (act, effect) -> {
            if (act.equals("revoke n1aaaa")) {
                fates.put("n3", new JoinFate.Running());
            }
            effect.run();
        };

        // when
        sweep.run();

        // then
        assertThat(remains.tokens).extracting(Object::toString).containsExactly("n3aaaa");
    }

    @Test
    void shouldLeaveAJoinAloneThatWasResetSinceItsTokenWasRevoked() {
        // given
        terminated(List.of("n1", "n2"));
        remains.effects = (act, effect) -> {
            if (act.equals("unsign n1aaaa")) {
                fates.put("n2", new JoinFate.Running());
            }
            effect.run();
        };

        // when
        sweep.run();

        // then
        assertThat(remains.acts).contains("revoke n2aaaa").doesNotContain("unsign n2aaaa", "node n2", "forget join n2");
        assertThat(remains.told).hasSize(1);
    }

    @Test
    void shouldRevokeTheTokenOfAJoinThatIsLostWhileItSettlesOthersForLong() {
        // given
        terminated(List.of("n1", "n2"));
        meanwhile("unsign n1aaaa", () -> {
            remains.join("n3", "n3aaaa");
            fates.put("n3", LOST);
            remains.pass(Sweep.UNREVOKED);
        });

        // when
        sweep.run();

        // then
        assertThat(remains.acts).containsSubsequence("unsign n1aaaa", "revoke n3aaaa", "unsign n2aaaa");
        assertThat(remains.acts).as("it is settled by the next sweep").doesNotContain("unsign n3aaaa");
    }

    @Test
    void shouldRevokeOnceWhereItSettlesWithoutDelay() {
        // given
        terminated(List.of("n1", "n2"));
        meanwhile("unsign n1aaaa", () -> remains.pass(Sweep.UNREVOKED.minusNanos(1)));

        // when
        sweep.run();

        // then
        assertThat(remains.acts).containsOnlyOnce("revoke n1aaaa", "revoke n2aaaa");
    }

    @Test
    void shouldRevokeTheTokenOfAJoinWhoseHistoryCannotBeReadAndSettleTheOthers() {
        // given
        remains.join("n1", "aaaaaa");
        remains.join("n2", "bbbbbb");
        fates.put("n1", TERMINATED);
        fates.put("n2", TERMINATED);
        unreadable = "n1";

        // when
        sweep.run();

        // then
        assertThat(remains.tokens).isEmpty();
        assertThat(remains.open).extracting(OpenJoin::joinId).containsExactly(FakeRemains.joinId("n1"));
        assertThat(remains.told).hasSize(1);
        assertThat(meters.counter("nodejoin_janitor_sweeps", "cluster", "fra-1", "result", "failed")
                        .count())
                .isOne();
    }

    @Test
    void shouldSayInTheOutcomeWhatHappenedAndWhatIsLeft() {
        // given
        remains.join("n1", "aaaaaa");
        remains.node = Optional.of("Node: n1 exists");
        fates.put("n1", TERMINATED);

        // when
        sweep.run();

        // then
        Announcement told = remains.told.getFirst();
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
        remains.accepted("n1");
        fates.put("n1", LOST);

        // when
        sweep.run();

        // then
        assertThat(remains.told).hasSize(1);
        assertThat(remains.open).isEmpty();
    }

    @Test
    void shouldTellNothingWhenTheOutcomeIsOut() {
        // given
        remains.join("n1", "aaaaaa");
        fates.put("n1", new JoinFate.Over("is completed", List.of(), JoinFate.Outcome.TOLD, JoinFate.Joined.NO));

        // when
        sweep.run();

        // then
        assertThat(remains.told).isEmpty();
        assertThat(remains.open).isEmpty();
        assertThat(remains.tokens).isEmpty();
    }

    static Stream<JoinFate> unknown() {
        return Stream.of(
                new JoinFate.Unreachable("away"), new JoinFate.Unclear("damaged"), new JoinFate.Foreign("elsewhere"));
    }

    @ParameterizedTest
    @MethodSource("unknown")
    void shouldTakeAJoinForARunningOneUntilItsTokenHasEnded(JoinFate unknown) {
        // given
        remains.join("n1", "aaaaaa");
        fates.put("n1", unknown);
        remains.pass(Duration.ofMinutes(14));
        sweep.run();
        assertThat(remains.acts).isEmpty();

        // when
        remains.pass(Duration.ofSeconds(1));
        sweep.run();

        // then
        assertThat(remains.acts).containsExactly("revoke aaaaaa", "unsign aaaaaa", "deny aaaaaa", "forget aaaaaa");
        assertThat(remains.open).as("its outcome is still owed").hasSize(1);
    }

    @Test
    void shouldAskTemporalOnceWhileItIsAway() {
        // given
        for (int i = 0; i < 10; i++) {
            remains.accepted("n" + i);
            fates.put("n" + i, new JoinFate.Unreachable("away"));
        }

        // when
        sweep.run();

        // then
        assertThat(asked).hasValue(1);
    }

    @Test
    void shouldRevokeForTheOtherJoinsWhenTemporalDoesNotTellOfOne() {
        // given
        remains.join("n1", "aaaaaa");
        remains.join("n2", "bbbbbb");
        fates.put("n1", new JoinFate.Unclear("damaged"));
        fates.put("n2", TERMINATED);

        // when
        sweep.run();

        // then
        assertThat(remains.tokens).extracting(Object::toString).containsExactly("aaaaaa");
        assertThat(remains.told).hasSize(1);
    }

    @Test
    void shouldAskTemporalNoMoreOnceItGoesAwayWhileJoinsAreSettled() {
        // given
        List<String> nodes = List.of("n1", "n2", "n3", "n4");
        nodes.forEach(node -> remains.join(node, node + "aaaa"));
        nodes.forEach(node -> fates.put(node, TERMINATED));
        meanwhile("unsign n1aaaa", () -> {
            nodes.forEach(node -> fates.put(node, new JoinFate.Unreachable("away")));
            remains.pass(Duration.ofMinutes(15));
        });

        // when
        sweep.run();

        // then
        assertThat(asked).as("four, the first one again, and once more").hasValue(6);
        assertThat(remains.told).hasSize(1);
        assertThat(remains.entries)
                .as("tokens that have ended end all the same")
                .extracting(entry -> entry.node().value())
                .containsExactly("n1");
    }

    @Test
    void shouldSettleTheOtherJoinsWhenOneCannotBeSettled() {
        // given
        remains.join("n1", "aaaaaa");
        remains.join("n2", "bbbbbb");
        fates.put("n1", TERMINATED);
        fates.put("n2", TERMINATED);
        remains.failAt("revoke aaaaaa");

        // when
        sweep.run();

        // then
        assertThat(remains.tokens).extracting(Object::toString).containsExactly("aaaaaa");
        assertThat(remains.open).hasSize(1);
        assertThat(meters.counter("nodejoin_janitor_sweeps", "cluster", "fra-1", "result", "failed")
                        .count())
                .isOne();
    }

    @Test
    void shouldNameInTheOutcomeWhatCannotBeTakenBackRatherThanHoldItUp() {
        // given
        remains.join("n1", "aaaaaa");
        fates.put("n1", TERMINATED);
        remains.failAt("revoke aaaaaa");
        sweep.run();
        assertThat(remains.told).isEmpty();

        // when
        remains.pass(Sweep.PATIENCE);
        sweep.run();

        // then
        assertThat(remains.told)
                .extracting(Announcement::event)
                .singleElement()
                .isInstanceOfSatisfying(
                        JoinFailed.class,
                        failed -> assertThat(failed.residue()).anyMatch(line -> line.startsWith("Token aaaaaa: ")));
        assertThat(remains.entries).as("it is tried on").hasSize(1);
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
        remains.join("n1", "aaaaaa");
        fates.put("n1", TERMINATED);
        remains.dieAt(cut, afterTheEffect);
        assertThatThrownBy(sweep::run).isInstanceOf(FakeRemains.Killed.class);
        remains.live();
        remains.pass(Duration.ofSeconds(1));

        // when
        sweep = janitor();
        sweep.run();
        remains.pass(Sweep.SETTLED);
        sweep.run();

        // then
        assertThat(remains.tokens).isEmpty();
        assertThat(remains.entries).isEmpty();
        assertThat(remains.open).isEmpty();
        assertThat(remains.told.stream().distinct()).hasSize(1);
    }

    @Test
    void shouldDoNothingMoreOnceAnotherJanitorLeads() {
        // given
        remains.join("n1", "aaaaaa");
        fates.put("n1", TERMINATED);
        remains.effects = (act, effect) -> {
            if (!act.startsWith("revoke")) {
                throw new NotLeadingException(act);
            }
            effect.run();
        };

        // when
        assertThatThrownBy(sweep::run).isInstanceOf(NotLeadingException.class);

        // then
        assertThat(remains.acts).containsExactly("revoke aaaaaa");
    }

    @Test
    void shouldTellOneOutcomeWhenTwoJanitorsSweepByTheSameView() {
        // given
        remains.join("n1", "aaaaaa");
        fates.put("n1", TERMINATED);
        Sweep other = janitor();
        remains.effects = (act, effect) -> {
            remains.effects = (_, inner) -> inner.run();
            other.run();
            effect.run();
            assertThat(act).startsWith("revoke");
        };

        // when
        sweep.run();

        // then
        assertThat(remains.told.stream().distinct()).hasSize(1);
        assertThat(remains.tokens).isEmpty();
    }

    private void meanwhile(String act, Runnable happening) {
        remains.effects = (each, effect) -> {
            if (each.equals(act)) {
                happening.run();
            }
            effect.run();
        };
    }

    private void terminated(List<String> nodes) {
        nodes.forEach(node -> remains.join(node, node + "aaaa"));
        nodes.forEach(node -> fates.put(node, TERMINATED));
    }
}

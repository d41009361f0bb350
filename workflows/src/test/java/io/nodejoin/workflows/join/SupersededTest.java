package io.nodejoin.workflows.join;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.Phase;
import io.nodejoin.protocol.join.JoinAccepted;
import io.nodejoin.protocol.join.JoinCancelled;
import io.nodejoin.protocol.join.JoinSucceeded;
import io.temporal.api.enums.v1.EventType;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SupersededTest {
    /** Accepted, connected, the newer one accepted, compensating, cancelled. */
    private static final int EVENTS_BEFORE_THE_LAST_ONE = 5;

    @RegisterExtension
    final JoinBed bed = new JoinBed();

    private final List<AbortAnswer> answers = new CopyOnWriteArrayList<>();

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ClusterInfo_Ensure",
                "Node_Inspect",
                "Host_Preflight",
                "Host_PrepareHost",
                "Token_Reserve",
                "Token_Issue",
                "ClusterInfo_PublishSignature",
                "Host_StartKubelet",
                "Certificate_Decide",
                "Node_AwaitRegistered"
            })
    void shouldGiveWayToANewerRequestWhereverTheJoinIs(String step) {
        // given
        bed.script.before(step, () -> bed.supersede("event-2", 1));
        bed.startWithAgent().endOfFirst();

        // when
        bed.enroll(JoinBed.SECRET_DIGEST, JoinBed.KEY);
        bed.connect(JoinBed.REPLICA);
        JoinEnd end = bed.end();

        // then
        assertThat(end.phase()).isEqualTo(Phase.Joined);
        assertThat(bed.events.of(JoinCancelled.class)).singleElement().satisfies(outcome -> {
            assertThat(outcome.joinId()).isEqualTo(bed.joinId());
            assertThat(outcome.reason()).isEqualTo(ErrorCode.SUPERSEDED);
        });
        assertThat(bed.events.of(JoinSucceeded.class))
                .singleElement()
                .satisfies(outcome -> assertThat(outcome.joinId()).isEqualTo(bed.joinId("event-2")));
        assertThat(bed.cluster.leftovers()).containsExactly("nodes[w1]", "joined[w1]");
    }

    @Test
    void shouldSayAtOnceThatTheNewerRequestIsAcceptedAndBeginItWithItsOwnMemo() {
        // given
        waitForTheAgent();

        // when
        bed.supersede("event-2", 1);
        bed.supersede("event-2", 1);
        boolean knownBefore = earlier().contains(bed.joinId("event-2"));
        bed.endOfFirst();

        // then
        assertThat(bed.events.of(JoinAccepted.class))
                .extracting(JoinAccepted::joinId)
                .startsWith(bed.joinId(), bed.joinId("event-2"));
        assertThat(memo(JoinMemo.JOIN_ID)).isEqualTo(bed.joinId("event-2").value());
        assertThat(knownBefore).isTrue();
        assertThat(earlier().contains(bed.joinId())).isTrue();
        assertThat(bed.running().progress().joinId()).isEqualTo(bed.joinId("event-2"));
    }

    @Test
    void shouldEndEachRequestThatNeverBeginsWithOneOutcome() {
        // given
        bed.script.before("Host_PrepareHost", () -> bed.supersede("event-2", 2));
        bed.script.before("Host_ResetHost", () -> {
            bed.supersede("event-4", 4);
            bed.supersede("event-3", 3);
        });

        // when
        bed.startWithAgent().endOfFirst();

        // then
        assertThat(bed.events.of(JoinCancelled.class))
                .allSatisfy(outcome -> assertThat(outcome.reason()).isEqualTo(ErrorCode.SUPERSEDED))
                .extracting(JoinCancelled::joinId)
                .containsExactlyInAnyOrder(bed.joinId(), bed.joinId("event-2"), bed.joinId("event-3"));
        assertThat(bed.running().progress().joinId()).isEqualTo(bed.joinId("event-4"));
    }

    @Test
    void shouldNotGiveWayToARequestThatIsNotNewer() {
        // given
        waitForTheAgent();

        // when
        bed.supersede("event-0", 0);
        await().until(() -> !bed.events.of(JoinCancelled.class).isEmpty());

        // then
        assertThat(bed.events.of(JoinCancelled.class))
                .singleElement()
                .satisfies(outcome -> assertThat(outcome.joinId()).isEqualTo(bed.joinId("event-0")));
        assertThat(bed.running().progress().phase()).isEqualTo(Phase.Requested);
    }

    @Test
    void shouldCancelTheOneThatFollowsWhileTheFirstOneMakesWay() {
        // given
        bed.script.before("Host_PrepareHost", () -> bed.supersede("event-2", 1));
        bed.script.before("Host_ResetHost", () -> answers.add(bed.abort(1L)));

        // when
        bed.startWithAgent().endOfFirst();

        // then
        assertThat(answers).extracting(AbortAnswer::joinId).containsExactly(bed.joinId("event-2"));
        assertThat(bed.events.of(JoinCancelled.class))
                .extracting(JoinCancelled::joinId, JoinCancelled::reason)
                .containsExactlyInAnyOrder(
                        tuple(bed.joinId(), ErrorCode.SUPERSEDED),
                        tuple(bed.joinId("event-2"), ErrorCode.CANCELLED_BY_REQUEST));
        assertThat(bed.end().phase()).isEqualTo(Phase.Cancelled);
        assertThat(bed.cluster.leftovers()).isEmpty();
    }

    @Test
    void shouldBeginTheOneThatFollowsIfTheCancelWasMadeBeforeIt() {
        // given
        bed.script.before("Host_PrepareHost", () -> bed.supersede("event-2", 2));
        bed.script.before(
                "Host_ResetHost",
                () -> assertThatThrownBy(() -> bed.abort(1L)).hasStackTraceContaining("COMMAND_STALE"));

        // when
        bed.startWithAgent().endOfFirst();

        // then
        assertThat(bed.running().progress().joinId()).isEqualTo(bed.joinId("event-2"));
        assertThat(bed.events.of(JoinCancelled.class))
                .extracting(JoinCancelled::joinId)
                .containsExactly(bed.joinId());
    }

    @Test
    void shouldCancelTheOneThatFollowsTooIfTemporalCancelsTheWorkflow() {
        // given
        supersedeAndCancel();

        // when
        bed.startWithAgent().endOfFirst();

        // then
        assertThat(bed.events.of(JoinCancelled.class))
                .extracting(JoinCancelled::joinId)
                .containsExactly(bed.joinId(), bed.joinId("event-2"));
        assertThat(earlier().ids()).containsExactly(bed.joinId(), bed.joinId("event-2"));
        assertThat(bed.cluster.leftovers()).isEmpty();
    }

    @Test
    void shouldCancelTheOneThatComesWhileTheLastOneIsToldSo() {
        // given
        supersedeAndCancel();
        for (int earlier = 0; earlier < EVENTS_BEFORE_THE_LAST_ONE; earlier++) {
            bed.script.next("Event_Publish", Supplier::get);
        }
        bed.script.before("Event_Publish", () -> bed.hand("event-3", 2));

        // when
        bed.startWithAgent().endOfFirst();

        // then
        assertThat(bed.events.of(JoinCancelled.class))
                .extracting(JoinCancelled::joinId)
                .containsExactly(bed.joinId(), bed.joinId("event-2"), bed.joinId("event-3"));
    }

    @Test
    void shouldNotBeginAnOlderRequestInThePlaceOfOneThatWasCancelled() {
        // given
        bed.script.before("Host_PrepareHost", () -> bed.supersede("event-5", 5));
        bed.script.before("Host_ResetHost", () -> {
            bed.abort(6L);
            bed.supersede("event-3", 3);
        });

        // when
        bed.startWithAgent().endOfFirst();

        // then
        assertThat(bed.end().phase()).isEqualTo(Phase.Cancelled);
        assertThat(bed.events.of(JoinCancelled.class))
                .extracting(JoinCancelled::joinId)
                .containsExactlyInAnyOrder(bed.joinId(), bed.joinId("event-5"), bed.joinId("event-3"));
        assertThat(memo(JoinMemo.GENERATION)).isEqualTo(bed.madeAfter(6).toString());
    }

    @Test
    void shouldKnowTheLastFiftyOfManyRequests() {
        // given
        bed.script.before("Host_PrepareHost", () -> bed.supersede("event-2", 2));
        bed.script.before(
                "Host_ResetHost",
                () -> IntStream.rangeClosed(3, 70).forEach(number -> bed.hand("event-" + number, number)));

        // when
        bed.startWithAgent().endOfFirst();

        // then
        assertThat(earlier().ids())
                .containsExactlyElementsOf(IntStream.rangeClosed(21, 70)
                        .mapToObj(number -> bed.joinId("event-" + number))
                        .toList());
    }

    private EarlierRequests earlier() {
        return EarlierRequests.of(memo(JoinMemo.EARLIER));
    }

    private String memo(String key) {
        return (String) Objects.requireNonNull(bed.untyped().describe().getMemo(key, String.class));
    }

    /** Cancelled before it has made way: it waits for its host's reset. */
    private void supersedeAndCancel() {
        bed.script.before("Host_PrepareHost", () -> bed.supersede("event-2", 1));
        bed.script.before("Host_ResetHost", this::cancelByTemporal);
    }

    private void cancelByTemporal() {
        bed.untyped().cancel();
        await().until(() -> bed.history().getEvents().stream()
                .anyMatch(event -> event.getEventType() == EventType.EVENT_TYPE_WORKFLOW_EXECUTION_CANCEL_REQUESTED));
    }

    private void waitForTheAgent() {
        bed.start();
        await().until(() -> bed.script.effects().size() == 2);
        bed.settle();
    }
}

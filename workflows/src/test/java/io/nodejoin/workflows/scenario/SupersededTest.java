package io.nodejoin.workflows.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.Phase;
import io.nodejoin.protocol.event.JoinAccepted;
import io.nodejoin.protocol.event.JoinCancelled;
import io.nodejoin.protocol.event.JoinSucceeded;
import io.nodejoin.workflows.failure.FailureType;
import io.nodejoin.workflows.lifecycle.AbortResponse;
import io.nodejoin.workflows.lifecycle.DedupeWindow;
import io.nodejoin.workflows.lifecycle.JoinResult;
import io.nodejoin.workflows.lifecycle.MemoKeys;
import io.temporal.api.enums.v1.EventType;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SupersededTest {
    /** More than the calls that publish the events of the run. */
    private static final int PUBLISH_CALLS = 10;

    private static final int MANY = 5_000;

    @RegisterExtension
    final WorkflowFixture fixture = new WorkflowFixture();

    private final List<AbortResponse> answers = new ArrayList<>();

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ClusterInfo_Ensure",
                "Node_CheckName",
                "Host_Preflight",
                "Host_PrepareHost",
                "Token_Issue",
                "Host_StartKubelet",
                "Csr_Decide",
                "Node_AwaitRegistered"
            })
    void shouldBeSupersededByANewerRequestInAnyPhase(String step) {
        // given
        fixture.script.before(step, () -> fixture.supersede("event-2", 1));
        fixture.startWithAgent().awaitFirstRunClosed();

        // when
        fixture.enroll(WorkflowFixture.SECRET_DIGEST, WorkflowFixture.KEY);
        fixture.connect(WorkflowFixture.REPLICA);
        JoinResult end = fixture.awaitResult();

        // then
        assertThat(end.phase()).isEqualTo(Phase.Joined);
        assertThat(fixture.events.ofType(JoinCancelled.class)).singleElement().satisfies(outcome -> {
            assertThat(outcome.joinId()).isEqualTo(fixture.joinId());
            assertThat(outcome.reason()).isEqualTo(ErrorCode.SUPERSEDED);
        });
        assertThat(fixture.events.ofType(JoinSucceeded.class))
                .singleElement()
                .satisfies(outcome -> assertThat(outcome.joinId()).isEqualTo(fixture.joinId("event-2")));
        assertThat(fixture.cluster.leftovers()).containsExactly("nodes[w1]", "joined[w1]");
    }

    @Test
    void shouldReportTheNewerRequestAsAcceptedImmediatelyAndStartItWithItsOwnMemo() {
        // given
        waitForTheAgent();

        // when
        fixture.supersede("event-2", 1);
        fixture.supersede("event-2", 1);
        fixture.await(() -> earlier().contains(fixture.joinId("event-2")));
        fixture.awaitFirstRunClosed();

        // then
        assertThat(fixture.events.ofType(JoinAccepted.class))
                .extracting(JoinAccepted::joinId)
                .startsWith(fixture.joinId(), fixture.joinId("event-2"));
        assertThat(fixture.memo(MemoKeys.JOIN_ID))
                .isEqualTo(fixture.joinId("event-2").value());
        assertThat(earlier().contains(fixture.joinId())).isTrue();
        assertThat(fixture.workflow().progress().joinId()).isEqualTo(fixture.joinId("event-2"));
    }

    @Test
    void shouldPublishOneOutcomeOfEachRequestThatNeverStarts() {
        // given
        fixture.script.before("Host_PrepareHost", () -> fixture.supersede("event-2", 2));
        fixture.script.before("Host_ResetHost", () -> {
            fixture.supersede("event-4", 4);
            fixture.supersede("event-3", 3);
        });

        // when
        fixture.startWithAgent().awaitFirstRunClosed();

        // then
        assertThat(fixture.events.ofType(JoinCancelled.class))
                .allSatisfy(outcome -> assertThat(outcome.reason()).isEqualTo(ErrorCode.SUPERSEDED))
                .extracting(JoinCancelled::joinId)
                .containsExactlyInAnyOrder(fixture.joinId(), fixture.joinId("event-2"), fixture.joinId("event-3"));
        assertThat(fixture.workflow().progress().joinId()).isEqualTo(fixture.joinId("event-4"));
    }

    @Test
    void shouldNotBeSupersededByARequestThatIsNotNewer() {
        // given
        waitForTheAgent();

        // when
        fixture.supersede("event-0", 0);
        fixture.await(() -> !fixture.events.ofType(JoinCancelled.class).isEmpty());

        // then
        assertThat(fixture.events.ofType(JoinCancelled.class))
                .singleElement()
                .satisfies(outcome -> assertThat(outcome.joinId()).isEqualTo(fixture.joinId("event-0")));
        assertThat(fixture.workflow().progress().phase()).isEqualTo(Phase.Requested);
    }

    @Test
    void shouldCancelThePendingRequestWhileTheFirstIsCompensated() {
        // given
        fixture.script.before("Host_PrepareHost", () -> fixture.supersede("event-2", 1));
        fixture.script.before("Host_ResetHost", () -> answers.add(fixture.abort(1L)));

        // when
        fixture.startWithAgent().awaitFirstRunClosed();

        // then
        assertThat(answers).extracting(AbortResponse::joinId).containsExactly(fixture.joinId("event-2"));
        assertThat(fixture.events.ofType(JoinCancelled.class))
                .extracting(JoinCancelled::joinId, JoinCancelled::reason)
                .containsExactlyInAnyOrder(
                        tuple(fixture.joinId(), ErrorCode.SUPERSEDED),
                        tuple(fixture.joinId("event-2"), ErrorCode.CANCELLED_BY_REQUEST));
        assertThat(fixture.awaitResult().phase()).isEqualTo(Phase.Cancelled);
        assertThat(fixture.cluster.leftovers()).isEmpty();
    }

    @Test
    void shouldStartTheNextRequestIfTheCancelIsOlder() {
        // given
        fixture.script.before("Host_PrepareHost", () -> fixture.supersede("event-2", 2));
        fixture.script.before(
                "Host_ResetHost",
                () -> assertThatThrownBy(() -> fixture.abort(1L)).hasStackTraceContaining("NOT_ABORTABLE"));

        // when
        fixture.startWithAgent().awaitFirstRunClosed();

        // then
        assertThat(fixture.workflow().progress().joinId()).isEqualTo(fixture.joinId("event-2"));
        assertThat(fixture.events.ofType(JoinCancelled.class))
                .extracting(JoinCancelled::joinId)
                .containsExactly(fixture.joinId());
    }

    @Test
    void shouldCancelThePendingRequestTooIfTemporalCancelsTheWorkflow() {
        // given
        supersedeAndCancel();

        // when
        fixture.startWithAgent().awaitFirstRunClosed();

        // then
        assertThat(fixture.events.ofType(JoinCancelled.class))
                .extracting(JoinCancelled::joinId)
                .containsExactly(fixture.joinId(), fixture.joinId("event-2"));
        assertThat(earlier().ids()).containsExactly(fixture.joinId(), fixture.joinId("event-2"));
        assertThat(fixture.cluster.leftovers()).isEmpty();
    }

    @Test
    void shouldCancelARequestThatArrivesWhileTheLastCancelledEventIsPublished() {
        // given
        supersedeAndCancel();
        for (int call = 0; call < PUBLISH_CALLS; call++) {
            fixture.script.before("Event_Publish", () -> {
                if (fixture.events.ofType(JoinCancelled.class).size() == 1) {
                    fixture.signalRequest("event-3", 2);
                }
            });
        }

        // when
        fixture.startWithAgent().awaitFirstRunClosed();

        // then
        assertThat(fixture.events.ofType(JoinCancelled.class))
                .extracting(JoinCancelled::joinId)
                .containsExactly(fixture.joinId(), fixture.joinId("event-2"), fixture.joinId("event-3"));
    }

    @Test
    void shouldNotStartAnOlderRequestInPlaceOfACancelledOne() {
        // given
        fixture.script.before("Host_PrepareHost", () -> fixture.supersede("event-5", 5));
        fixture.script.before("Host_ResetHost", () -> {
            fixture.abort(6L);
            fixture.supersede("event-3", 3);
        });

        // when
        fixture.startWithAgent().awaitFirstRunClosed();

        // then
        assertThat(fixture.awaitResult().phase()).isEqualTo(Phase.Cancelled);
        assertThat(fixture.events.ofType(JoinCancelled.class))
                .extracting(JoinCancelled::joinId)
                .containsExactlyInAnyOrder(fixture.joinId(), fixture.joinId("event-5"), fixture.joinId("event-3"));
        assertThat(fixture.memo(MemoKeys.GENERATION))
                .isEqualTo(fixture.madeAfter(6).toString());
    }

    @Test
    void shouldRememberTheLastFiftyOfManyRequests() {
        // given
        fixture.script.before("Host_PrepareHost", () -> fixture.supersede("event-2", 2));
        fixture.script.before(
                "Host_ResetHost",
                () -> IntStream.rangeClosed(3, 70).forEach(number -> fixture.signalRequest("event-" + number, number)));

        // when
        fixture.startWithAgent().awaitFirstRunClosed();

        // then
        assertThat(earlier().ids())
                .containsExactlyElementsOf(IntStream.rangeClosed(21, 70)
                        .mapToObj(number -> fixture.joinId("event-" + number))
                        .toList());
    }

    @Test
    void shouldNotGrowByMoreThanTheSignalAndItsEventsForEachOfThousandsOfRequests() {
        // given
        fixture.script.failAfterEffect("Host_PrepareHost", FailureType.FORBIDDEN, ErrorCode.HOST_PREPARE_FAILED);
        fixture.script.before(
                "Host_ResetHost",
                () -> IntStream.rangeClosed(2, MANY)
                        .forEach(number -> fixture.signalRequest("event-" + number, number)));

        // when
        fixture.startWithAgent().awaitFirstRunClosed();

        // then
        assertThat(fixture.historyOfFirst().getEvents().size()).isLessThan(MANY + MANY / 4);
        assertThat(earlier().ids()).hasSize(50).endsWith(fixture.joinId("event-" + MANY));
        assertThat(fixture.events.ofType(JoinCancelled.class).size()).isEqualTo(MANY - 1);
        assertThat(fixture.workflow().progress().joinId()).isEqualTo(fixture.joinId("event-" + MANY));
    }

    private DedupeWindow earlier() {
        return DedupeWindow.parse(fixture.memo(MemoKeys.DEDUPE_WINDOW));
    }

    /** Cancels the pending request while the running one waits for its host's reset. */
    private void supersedeAndCancel() {
        fixture.script.before("Host_PrepareHost", () -> fixture.supersede("event-2", 1));
        fixture.script.before("Host_ResetHost", this::cancelByTemporal);
    }

    private void cancelByTemporal() {
        fixture.cancelByTemporal();
        fixture.await(() -> fixture.history().getEvents().stream()
                .anyMatch(event -> event.getEventType() == EventType.EVENT_TYPE_WORKFLOW_EXECUTION_CANCEL_REQUESTED));
    }

    private void waitForTheAgent() {
        fixture.start();
        fixture.await(() -> fixture.script.effects().size() == 2);
    }
}

package io.nodejoin.workflows.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.Phase;
import io.nodejoin.protocol.event.JoinAccepted;
import io.nodejoin.protocol.event.JoinCancelled;
import io.nodejoin.protocol.event.JoinPhaseChanged;
import io.nodejoin.protocol.event.PhaseTime;
import io.nodejoin.workflows.event.OutcomeEvent;
import io.nodejoin.workflows.failure.FailureType;
import io.temporal.api.history.v1.HistoryEvent;
import io.temporal.common.converter.DefaultDataConverter;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class PublishedEventsTest {
    private static final String PUBLISH = "Event_Publish";
    private static final int MAX_BATCH = 50;

    @RegisterExtension
    final WorkflowFixture fixture = new WorkflowFixture();

    @Test
    void shouldPublishInOneCallAndInOrderWhatWaitsForTheCallBefore() {
        // given
        holdNextCallUntil(() -> fixture.phases().contains(Phase.Joined));

        // when
        fixture.startWithAgent().awaitResult();

        // then
        assertThat(batches())
                .containsExactly(
                        List.of("JoinAccepted"),
                        List.of(
                                "AgentConnected",
                                "HostPrepared",
                                "TokenIssued",
                                "CertificateIssued",
                                "KubeletStarted",
                                "NodeReady",
                                "JoinSucceeded"));
    }

    @Test
    void shouldPublishInOneCallWhatOneWorkflowTaskReports() {
        // given
        fixture.script.before("Node_AwaitRegistered", () -> {
            fixture.supersede("event-2", 2);
            fixture.supersede("event-3", 3);
        });

        // when
        fixture.startWithAgent().awaitFirstRunClosed();

        // then
        assertThat(batches()).contains(List.of("JoinAccepted", "JoinCancelled"));
    }

    @Test
    void shouldNotPublishWhileAnotherCallRuns() {
        // given
        List<Long> calls = new ArrayList<>();
        fixture.script.fail(PUBLISH, FailureType.UNAVAILABLE, ErrorCode.INTERNAL);
        fixture.script.before(PUBLISH, () -> {
            fixture.await(() -> fixture.phases().contains(Phase.Joined));
            calls.add(publishCalls());
        });

        // when
        fixture.startWithAgent().awaitResult();

        // then
        assertThat(calls).containsExactly(2L);
    }

    @Test
    void shouldPublishABatchWithAnOutcomeAgainUntilItIsPublished() {
        // given
        holdNextCallUntil(() -> fixture.phases().contains(Phase.Joined));
        fixture.script.failAfterEffect(PUBLISH, FailureType.FORBIDDEN, ErrorCode.BROKER_AUTH_FAILED);
        fixture.script.fail(PUBLISH, FailureType.FORBIDDEN, ErrorCode.BROKER_AUTH_FAILED);

        // when
        fixture.startWithAgent().awaitResult();

        // then
        assertThat(batches()).hasSize(3);
        assertThat(batches().getLast()).startsWith("AgentConnected").endsWith("JoinSucceeded");
        assertThat(fixture.events.batches.getLast()).isEqualTo(fixture.events.batches.get(1));
    }

    @Test
    void shouldDropABatchOfPhasesThatCannotBePublished() {
        // given
        holdNextCallUntil(() -> fixture.phases().contains(Phase.TokenIssued));
        fixture.script.before("Host_StartKubelet", () -> fixture.await(() -> publishCalls() == 3));
        fixture.script.fail(PUBLISH, FailureType.FORBIDDEN, ErrorCode.BROKER_AUTH_FAILED);

        // when
        fixture.startWithAgent().awaitResult();

        // then
        assertThat(fixture.events.ofType(JoinPhaseChanged.class))
                .extracting(JoinPhaseChanged::phase)
                .doesNotContain(Phase.AgentConnected, Phase.HostPrepared, Phase.TokenIssued)
                .endsWith(Phase.NodeReady);
        assertThat(batches().getLast()).endsWith("JoinSucceeded");
    }

    @Test
    void shouldPublishTheTimesAtWhichPhasesWereReached() {
        // given
        holdNextCallUntil(() -> fixture.phases().contains(Phase.Joined));

        // when
        fixture.startWithAgent().awaitResult();

        // then
        assertThat(fixture.events.published)
                .extracting(OutcomeEvent::time)
                .containsExactlyElementsOf(fixture.workflow().progress().phases().stream()
                        .map(PhaseTime::at)
                        .toList());
    }

    @Test
    void shouldPublishManyWaitingEventsInBatchesThatTemporalAccepts() {
        // given
        fixture.script.before("Node_AwaitRegistered", () -> fixture.supersede("event-2", 2));
        fixture.script.before(
                "Host_ResetHost",
                () -> IntStream.rangeClosed(3, 70).forEach(number -> fixture.signalRequest("event-" + number, number)));

        // when
        fixture.startWithAgent().awaitFirstRunClosed();

        // then
        assertThat(fixture.events.batches)
                .allSatisfy(batch -> assertThat(batch).hasSizeLessThanOrEqualTo(MAX_BATCH))
                .anySatisfy(batch -> assertThat(batch).hasSize(MAX_BATCH));
        assertThat(fixture.events.ofType(JoinAccepted.class))
                .extracting(JoinAccepted::joinId)
                .startsWith(IntStream.rangeClosed(1, 70)
                        .mapToObj(number -> fixture.joinId("event-" + number))
                        .toArray(JoinId[]::new));
        assertThat(fixture.events.ofType(JoinCancelled.class)).hasSize(69);
        assertThat(summaries()).allSatisfy(summary -> assertThat(summary).hasSizeLessThan(120));
    }

    @Test
    void shouldNameThePhasesOfABatchInTheSummaryOfItsActivity() {
        // given
        holdNextCallUntil(() -> fixture.phases().contains(Phase.Joined));

        // when
        fixture.startWithAgent().awaitResult();

        // then
        assertThat(summaries())
                .containsExactly(
                        "Publish JoinAccepted",
                        "Publish AgentConnected, HostPrepared, TokenIssued, CertificateIssued, KubeletStarted and 2 more");
    }

    /** Fails the next call, which a workflow task makes, and holds its repetition as a regular activity. */
    private void holdNextCallUntil(BooleanSupplier condition) {
        fixture.script.fail(PUBLISH, FailureType.UNAVAILABLE, ErrorCode.INTERNAL);
        fixture.script.before(PUBLISH, () -> fixture.await(condition));
    }

    private long publishCalls() {
        return fixture.script.calls().stream().filter(PUBLISH::equals).count();
    }

    private List<List<String>> batches() {
        return fixture.events.batches.stream()
                .map(batch -> batch.stream().map(PublishedEventsTest::name).toList())
                .toList();
    }

    private static String name(OutcomeEvent event) {
        return event.event() instanceof JoinPhaseChanged changed
                ? changed.phase().name()
                : event.event().getClass().getSimpleName();
    }

    private List<String> summaries() {
        return fixture.historyOfFirst().getEvents().stream()
                .filter(event -> event.getActivityTaskScheduledEventAttributes()
                        .getActivityType()
                        .getName()
                        .equals(PUBLISH))
                .map(PublishedEventsTest::summary)
                .toList();
    }

    private static String summary(HistoryEvent scheduled) {
        return DefaultDataConverter.STANDARD_INSTANCE.fromPayload(
                scheduled.getUserMetadata().getSummary(), String.class, String.class);
    }
}

package io.nodejoin.workflows.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import io.nodejoin.protocol.PoolName;
import io.nodejoin.protocol.event.JoinAccepted;
import io.nodejoin.protocol.event.JoinSucceeded;
import io.nodejoin.workflows.lifecycle.JoinSearchAttributes;
import io.temporal.api.common.v1.Payload;
import io.temporal.api.history.v1.HistoryEvent;
import io.temporal.common.SearchAttributeKey;
import io.temporal.common.converter.DefaultDataConverter;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class SearchAttributesTest {
    private static final String UNSET = "unset";

    @RegisterExtension
    final WorkflowFixture fixture = new WorkflowFixture();

    @Test
    void shouldWriteTheLastPhaseOfEachWorkflowTaskAndNoReasonOfAJoinWithoutProblem() {
        // when
        fixture.startWithAgent().awaitResult();

        // then
        assertThat(written(JoinSearchAttributes.PHASE))
                .containsExactly("Requested", "AgentConnected", "TokenIssued", "KubeletStarted", "Joined");
        assertThat(written(JoinSearchAttributes.REASON)).isEmpty();
    }

    @Test
    void shouldWriteTheReasonOfAFailedAttemptAndUnsetItInTheNext() {
        // given
        fixture.failKubeletStart("port is taken");

        // when
        fixture.startWithAgent().awaitResult();

        // then
        assertThat(written(JoinSearchAttributes.REASON)).containsExactly("KUBELET_NOT_STARTED", UNSET);
    }

    @Test
    void shouldWriteTheReasonOnceIfTheJoinFailsOfIt() {
        // given
        fixture.failKubeletStart("port is taken").withoutRetry();

        // when
        fixture.startWithAgent().awaitResult();

        // then
        assertThat(written(JoinSearchAttributes.REASON)).containsExactly("KUBELET_NOT_STARTED");
        assertThat(fixture.attributes().get(JoinSearchAttributes.REASON)).isEqualTo("KUBELET_NOT_STARTED");
    }

    @Test
    void shouldHaveThePoolFromTheStartAndInEachAnswerIfTheRequestNamesOne() {
        // given
        fixture.withPool("batch");

        // when
        fixture.startWithAgent().awaitResult();

        // then
        assertThat(fixture.attributes().get(JoinSearchAttributes.POOL)).isEqualTo("batch");
        assertThat(written(JoinSearchAttributes.POOL)).isEmpty();
        assertThat(fixture.events.ofType(JoinAccepted.class))
                .extracting(JoinAccepted::pool)
                .containsExactly(new PoolName("batch"));
        assertThat(fixture.events.ofType(JoinSucceeded.class))
                .extracting(JoinSucceeded::pool)
                .containsExactly(new PoolName("batch"));
    }

    @Test
    void shouldHaveNoPoolIfTheRequestNamesNone() {
        // when
        fixture.startWithAgent().awaitResult();

        // then
        assertThat(fixture.attributes().get(JoinSearchAttributes.POOL)).isNull();
        assertThat(fixture.events.ofType(JoinSucceeded.class))
                .extracting(JoinSucceeded::pool)
                .containsOnlyNulls();
    }

    private List<String> written(SearchAttributeKey<String> key) {
        return fixture.history().getEvents().stream()
                .filter(HistoryEvent::hasUpsertWorkflowSearchAttributesEventAttributes)
                .map(event -> event.getUpsertWorkflowSearchAttributesEventAttributes()
                        .getSearchAttributes()
                        .getIndexedFieldsMap())
                .flatMap(fields -> Stream.ofNullable(fields.get(key.getName())))
                .map(SearchAttributesTest::text)
                .toList();
    }

    private static String text(Payload value) {
        String text = DefaultDataConverter.STANDARD_INSTANCE.fromPayload(value, String.class, String.class);
        return text == null ? UNSET : text;
    }
}

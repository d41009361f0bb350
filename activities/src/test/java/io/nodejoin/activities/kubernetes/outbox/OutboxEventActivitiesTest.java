package io.nodejoin.activities.kubernetes.outbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.client.KubernetesClientException;
import io.nodejoin.activities.WorkflowRun;
import io.nodejoin.activities.kubernetes.StubApiServer;
import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.NodeName;
import io.nodejoin.protocol.Phase;
import io.nodejoin.protocol.event.JoinAccepted;
import io.nodejoin.protocol.event.JoinCancelled;
import io.nodejoin.protocol.event.JoinPhaseChanged;
import io.nodejoin.protocol.event.LifecycleEvent;
import io.nodejoin.workflows.event.EventActivities;
import io.nodejoin.workflows.event.OutcomeEvent;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.errors.DisconnectException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class OutboxEventActivitiesTest {
    private static final ClusterName CLUSTER = new ClusterName("fra-1");
    private static final NodeName NODE = new NodeName("n1");
    private static final JoinId JOIN = JoinId.of("test", "1");
    private static final JoinId NEWER = JoinId.of("test", "2");
    private static final Instant NOON = Instant.parse("2026-11-27T12:00:00Z");
    private static final String ENTRIES = "/api/v1/namespaces/nodejoin-system/configmaps";

    private final StubApiServer server = new StubApiServer("");
    private final List<List<OutcomeEvent>> published = new ArrayList<>();
    private final List<String> changesBefore = new ArrayList<>();

    @AfterEach
    void close() {
        server.close();
    }

    @Test
    void shouldPublishABatchInOneCall() {
        // given
        List<OutcomeEvent> batch =
                List.of(event(phase(Phase.TokenIssued)), event(phase(Phase.CertificateIssued)), event(cancelled()));

        // when
        outbox(this::publish).publish(batch);

        // then
        assertThat(published).containsExactly(batch);
    }

    @Test
    void shouldPutTheEntriesOfABatchBeforeAnyEventAndDeleteThoseOfItsOutcomesAfterAllEvents() {
        // when
        outbox(this::publish).publish(List.of(event(accepted()), event(cancelled())));

        // then
        assertThat(changesBefore).containsExactly("POST " + ENTRIES);
        assertThat(server.changes()).containsExactly("POST " + ENTRIES, "DELETE " + ENTRIES + "/join-" + JOIN);
    }

    @Test
    void shouldKeepTheEntriesOfABatchThatIsNotPublished() {
        // given
        EventActivities unavailable = _ -> {
            throw new DisconnectException("no broker");
        };

        // when // then
        assertThatThrownBy(() -> outbox(unavailable).publish(List.of(event(accepted()), event(cancelled()))))
                .hasMessageContaining("BROKER_UNAVAILABLE");
        assertThat(server.changes()).containsExactly("POST " + ENTRIES);
    }

    @ParameterizedTest
    @MethodSource("refusals")
    void shouldLeaveTheOutcomesOfARefusedBatchToTheGarbageCollector(RuntimeException refusal) {
        // given
        EventActivities refusing = _ -> {
            throw refusal;
        };

        // when
        outbox(refusing).publish(List.of(event(phase(Phase.TokenIssued)), event(cancelled())));

        // then
        assertThat(server.changes()).containsExactly("POST " + ENTRIES);
        assertThat(server.lastChange()).contains("join-" + JOIN, "refused", "superseded");
    }

    private static List<RuntimeException> refusals() {
        return List.of(new TopicAuthorizationException("events"), new RecordTooLargeException());
    }

    @Test
    void shouldRetryARefusedOutcomeWhileTheClusterIsAway() {
        // given
        EventActivities refusing = _ -> {
            throw new RecordTooLargeException();
        };
        server.answerChanges(503);

        // when // then
        assertThatThrownBy(() -> outbox(refusing).publish(List.of(event(cancelled()))))
                .isInstanceOf(KubernetesClientException.class);
    }

    private OutboxEventActivities outbox(EventActivities events) {
        return new OutboxEventActivities(events, server, () -> new WorkflowRun("nodejoin", "run-1"));
    }

    private void publish(List<OutcomeEvent> batch) {
        changesBefore.addAll(server.changes());
        published.add(batch);
    }

    private static OutcomeEvent event(LifecycleEvent.Outcome event) {
        return new OutcomeEvent("id", CLUSTER, NODE.value(), NOON, event);
    }

    private static JoinAccepted accepted() {
        return new JoinAccepted(CLUSTER, NODE, NEWER, NOON, null);
    }

    private static JoinPhaseChanged phase(Phase phase) {
        return new JoinPhaseChanged(CLUSTER, NODE, JOIN, phase, NOON, null);
    }

    private static JoinCancelled cancelled() {
        return new JoinCancelled(CLUSTER, NODE, JOIN, "superseded", List.of(), List.of(), null, null);
    }
}

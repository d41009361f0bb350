package io.nodejoin.activities.kubernetes.outbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.nodejoin.activities.WorkflowRun;
import io.nodejoin.activities.kubernetes.StubApiServer;
import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.NodeName;
import io.nodejoin.protocol.event.JoinCancelled;
import io.nodejoin.workflows.event.OutcomeEvent;
import io.nodejoin.workflows.failure.Failures;
import io.temporal.failure.ApplicationFailure;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OutcomeOutboxTest {
    private static final ClusterName CLUSTER = new ClusterName("fra-1");
    private static final JoinId JOIN = JoinId.of("test", "1");
    private static final Instant NOON = Instant.parse("2026-11-27T12:00:00Z");
    private static final String ENTRY = "/api/v1/namespaces/nodejoin-system/configmaps/join-" + JOIN;
    private static final PendingOutcome OWED = new PendingOutcome(
            PendingOutcome.RequestKind.JOIN,
            CLUSTER,
            new NodeName("n1"),
            JOIN,
            "node-join/fra-1/n1/run-1/Requested",
            NOON,
            new WorkflowRun("nodejoin", "run-1"),
            "uid-1",
            null,
            null);
    private static final String HELD = """
            {"id": "node-join/fra-1/n1/run-1/Cancelled", "cluster": "fra-1", "node": "n1", "time": "2026-11-27T12:00:00Z",
             "event": {"kind": "JoinCancelled", "cluster": "fra-1", "nodeName": "n1", "joinId": "%s", "detail": "first",
                       "residue": [], "phases": []}}
            """.formatted(JOIN);

    private final StubApiServer server = new StubApiServer("");
    private final List<String> effects = new ArrayList<>();

    @AfterEach
    void close() {
        server.close();
    }

    @Test
    void shouldHaveTheEntryHoldTheOutcomeAfterItIsOnRecord() {
        // given
        show("uid-1", "");
        OutcomeEvent outcome = outcome();

        // when
        OutcomeEvent decided = decide(outcome);

        // then
        assertThat(decided).isEqualTo(outcome);
        assertThat(effects).containsExactly("0 changes before");
        assertThat(server.changes()).containsExactly("PUT " + ENTRY);
    }

    @Test
    void shouldKeepTheOutcomeThatTheEntryHolds() {
        // given
        show("uid-1", HELD);

        // when
        OutcomeEvent decided = decide(outcome());

        // then
        assertThat(decided.id()).isEqualTo("node-join/fra-1/n1/run-1/Cancelled");
        assertThat(decided.event())
                .isInstanceOfSatisfying(
                        JoinCancelled.class, event -> assertThat(event.detail()).isEqualTo("first"));
        assertThat(effects).isEmpty();
        assertThat(server.changes()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"spoilt", "null", "{}", "[]", "{\"id\": \"x\", \"event\": {\"kind\": \"Other\"}}"})
    void shouldTakeASpoiltOutcomeForNone(String spoilt) {
        // given
        show("uid-1", spoilt);
        OutcomeEvent outcome = outcome();

        // when
        OutcomeEvent decided = decide(outcome);

        // then
        assertThat(decided).isEqualTo(outcome);
        assertThat(server.changes()).containsExactly("PUT " + ENTRY);
    }

    @Test
    void shouldChangeNoOtherEntryOfThisName() {
        // given
        show("uid-2", "");

        // when, then
        assertThatThrownBy(() -> decide(outcome()))
                .isInstanceOf(ApplicationFailure.class)
                .hasMessageContaining("configmaps/nodejoin-system/join-" + JOIN + " was deleted or replaced");
        assertThat(effects).isEmpty();
        assertThat(server.changes()).isEmpty();
    }

    @Test
    void shouldDecideNothingOnceTheEntryIsGone() {
        // when, then
        assertThatThrownBy(() -> decide(outcome()))
                .isInstanceOfSatisfying(
                        ApplicationFailure.class,
                        gone -> assertThat(Failures.problemOf(gone).code()).isEqualTo(ErrorCode.OBJECT_CONFLICT));
        assertThat(server.changes()).isEmpty();
    }

    @Test
    void shouldDecideNothingWhenSomebodyElseWasFaster() {
        // given
        show("uid-1", "");
        server.answerChanges(409);

        // when, then
        assertThatThrownBy(() -> decide(outcome()))
                .isInstanceOfSatisfying(
                        KubernetesClientException.class,
                        refused -> assertThat(refused.getCode()).isEqualTo(409));
    }

    @Test
    void shouldStoreTheQueuedRequestsOfAnEntryOnce() {
        // given
        show("uid-1", "");
        putQueued();
        server.show(ENTRY, Serialization.asJson(entry("uid-1", Map.of("queueStored", "true"))));

        // when
        putQueued();

        // then
        assertThat(effects).containsExactly("queued");
        assertThat(server.changes())
                .containsExactly("POST /api/v1/namespaces/nodejoin-system/configmaps", "PUT " + ENTRY);
    }

    @Test
    void shouldStoreNoQueuedRequestOfAnEntryThatIsGone() {
        // when
        putQueued();

        // then
        assertThat(server.changes()).isEmpty();
    }

    @Test
    void shouldListARefusedOutcomeAndItsNodeNotAsBeingJoined() {
        // given
        OutcomeEvent refused = outcome();
        OutcomeOutbox outbox = new OutcomeOutbox(server.client(CLUSTER));
        outbox.putRefused(new OutcomeOutbox.Request(OWED.kind(), JOIN, null), refused, OWED.run());
        server.show(
                "/api/v1/namespaces/nodejoin-system/configmaps",
                "{\"kind\": \"ConfigMapList\", \"apiVersion\": \"v1\", \"items\": [" + server.lastChange() + "]}");

        // when
        List<PendingOutcome> listed = outbox.list(CLUSTER, OWED.kind());

        // then
        assertThat(listed).extracting(PendingOutcome::refused).containsExactly(refused);
        assertThat(outbox.listNodesBeingJoined(CLUSTER)).isEmpty();
    }

    private void putQueued() {
        PendingOutcome queued = new PendingOutcome(
                OWED.kind(),
                CLUSTER,
                OWED.node(),
                JoinId.of("test", "2"),
                OWED.acceptedEventId(),
                NOON,
                OWED.run(),
                "",
                null,
                null);
        new OutcomeOutbox(server.client(CLUSTER)).putQueued(OWED, List.of(queued), _ -> effects.add("queued"));
    }

    private OutcomeEvent decide(OutcomeEvent outcome) {
        return new OutcomeOutbox(server.client(CLUSTER))
                .putOutcomeIfAbsent(
                        OWED, outcome, () -> effects.add(server.changes().size() + " changes before"));
    }

    private void show(String uid, String outcome) {
        server.show(ENTRY, Serialization.asJson(entry(uid, outcome.isEmpty() ? Map.of() : Map.of("outcome", outcome))));
    }

    private static ConfigMap entry(String uid, Map<String, String> data) {
        return new ConfigMapBuilder()
                .withNewMetadata()
                .withName("join-" + JOIN)
                .withNamespace("nodejoin-system")
                .withUid(uid)
                .withResourceVersion("7")
                .endMetadata()
                .withData(data)
                .build();
    }

    private static OutcomeEvent outcome() {
        return new OutcomeEvent(
                "node-join/fra-1/n1/run-1/Cancelled",
                CLUSTER,
                "n1",
                NOON.plusMillis(1),
                new JoinCancelled(
                        CLUSTER, new NodeName("n1"), JOIN, "second", List.of("a line"), List.of(), null, null));
    }
}

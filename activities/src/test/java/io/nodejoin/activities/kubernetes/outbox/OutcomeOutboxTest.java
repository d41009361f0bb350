package io.nodejoin.activities.kubernetes.outbox;

import static org.assertj.core.api.Assertions.assertThat;

import io.nodejoin.activities.WorkflowRun;
import io.nodejoin.activities.kubernetes.StubApiServer;
import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.NodeName;
import io.nodejoin.protocol.event.JoinCancelled;
import io.nodejoin.workflows.event.OutcomeEvent;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class OutcomeOutboxTest {
    private static final ClusterName CLUSTER = new ClusterName("fra-1");
    private static final JoinId JOIN = JoinId.of("test", "1");
    private static final Instant NOON = Instant.parse("2026-11-27T12:00:00Z");
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

    private final StubApiServer server = new StubApiServer("");

    @AfterEach
    void close() {
        server.close();
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

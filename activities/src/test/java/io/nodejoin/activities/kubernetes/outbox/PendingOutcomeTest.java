package io.nodejoin.activities.kubernetes.outbox;

import static org.assertj.core.api.Assertions.assertThat;

import io.nodejoin.activities.WorkflowRun;
import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.NodeName;
import io.nodejoin.protocol.Phase;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class PendingOutcomeTest {
    private static final Instant NOON = Instant.parse("2026-11-27T12:00:00Z");

    @Test
    void shouldGiveTheOutcomesOfTwoRequestsOfOneRunTwoIds() {
        // given a run, and a request that waits behind it
        PendingOutcome running = accepted("node-join/fra-1/n1/run-1/Requested");
        PendingOutcome waiting = accepted("node-join/fra-1/n1/run-1/join-2/Requested");

        // then each is as the workflow itself would have called it
        assertThat(running.outcomeEventId(Phase.Failed)).isEqualTo("node-join/fra-1/n1/run-1/Failed");
        assertThat(waiting.outcomeEventId(Phase.Failed)).isEqualTo("node-join/fra-1/n1/run-1/join-2/Failed");
    }

    private static PendingOutcome accepted(String id) {
        return new PendingOutcome(
                PendingOutcome.RequestKind.JOIN,
                new ClusterName("fra-1"),
                new NodeName("n1"),
                JoinId.of("test", id),
                id,
                NOON,
                new WorkflowRun("nodejoin", "run-1"),
                "uid",
                null,
                null);
    }
}

package io.nodejoin.activities.event;

import static org.assertj.core.api.Assertions.assertThat;

import io.nodejoin.activities.StubApiServer;
import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.Phase;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class OpenJoinsTest {
    private static final ClusterName CLUSTER = new ClusterName("fra-1");
    private static final JoinId JOIN = JoinId.of("test", "1");

    private final StubApiServer server = new StubApiServer("");

    @AfterEach
    void close() {
        server.close();
    }

    @Test
    void shouldKnowTheOutcomesIdOfAnEntryOfAnEarlierVersion() {
        // given
        server.show("/api/v1/namespaces/nodejoin-system/configmaps", """
                {"kind": "ConfigMapList", "apiVersion": "v1", "metadata": {}, "items": [{
                  "metadata": {"name": "join-%1$s", "uid": "uid-1", "labels": {"nodejoin.io/join-id": "%1$s"}},
                  "data": {
                    "node": "n1",
                    "acceptedAt": "2026-11-27T12:00:00Z",
                    "temporalNamespace": "nodejoin",
                    "temporalRun": "run-1"
                  }}]}
                """.formatted(JOIN));

        // when
        List<OpenJoin> open = new OpenJoins(server.client(CLUSTER)).all(CLUSTER);

        // then
        assertThat(open)
                .extracting(join -> join.eventId(Phase.Failed))
                .containsExactly("node-join/fra-1/n1/run-1/Failed");
    }
}

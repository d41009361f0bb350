package io.nodejoin.activities.kubernetes.node;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.client.KubernetesClientException;
import io.nodejoin.activities.kubernetes.StubApiServer;
import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.NodeName;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class NodeClientTest {
    private static final NodeName NAME = new NodeName("worker-1");

    private final StubApiServer server = new StubApiServer("");
    private final NodeClient nodeClient = new NodeClient(server.client(new ClusterName("any")));

    @BeforeEach
    void refuse() {
        server.answerChanges(409);
    }

    @AfterEach
    void close() {
        server.close();
    }

    @Test
    void shouldNotTakeANodeForGoneThatStaysThoughItsDeletionMetAnotherChange() {
        // given
        server.show("/api/v1/nodes/worker-1", node("\"uid\":\"mine\""));

        // then
        assertThatThrownBy(() -> nodeClient.delete(NAME, "mine")).isInstanceOf(KubernetesClientException.class);
    }

    @Test
    void shouldLeaveANodeThatHasTakenItsPlace() {
        // given
        server.show("/api/v1/nodes/worker-1", node("\"uid\":\"another\""));

        // then
        assertThatCode(() -> nodeClient.delete(NAME, "mine")).doesNotThrowAnyException();
    }

    @Test
    void shouldLeaveANodeThatIsOnItsWayOut() {
        // given
        server.show("/api/v1/nodes/worker-1", node("\"uid\":\"mine\",\"deletionTimestamp\":\"2026-11-25T10:00:00Z\""));

        // then
        assertThatCode(() -> nodeClient.delete(NAME, "mine")).doesNotThrowAnyException();
    }

    @Test
    void shouldTakeAnAbsentNodeForGone() {
        assertThatCode(() -> nodeClient.delete(NAME, "mine")).doesNotThrowAnyException();
    }

    private static String node(String metadata) {
        return "{\"apiVersion\":\"v1\",\"kind\":\"Node\",\"metadata\":{\"name\":\"worker-1\"," + metadata + "}}";
    }
}

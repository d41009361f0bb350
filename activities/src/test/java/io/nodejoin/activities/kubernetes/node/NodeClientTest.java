package io.nodejoin.activities.kubernetes.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.nodejoin.activities.kubernetes.StubApiServer;
import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.NodeName;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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

    @ParameterizedTest
    @CsvSource({"9, 10, 10", "10, 9, 10", "10, 10, 10"})
    void shouldTakeTheLaterOfTheNodeLastSeenAndThatOfTheWatch(String seen, String watched, String expected) {
        assertThat(nodeClient.latest(Optional.of(version("mine", seen)), List.of(version("mine", watched)), NAME))
                .hasValueSatisfying(node ->
                        assertThat(node.getMetadata().getResourceVersion()).isEqualTo(expected));
    }

    @Test
    void shouldReadANodeThatTheWatchHasNotSeenOrHasAnotherOf() {
        // given
        server.show("/api/v1/nodes/worker-1", node("\"uid\":\"read\""));

        // then
        assertThat(Stream.of(
                        nodeClient.latest(Optional.empty(), List.of(version("mine", "1")), NAME),
                        nodeClient.latest(Optional.of(version("mine", "1")), List.of(), NAME),
                        nodeClient.latest(Optional.of(version("mine", "1")), List.of(version("another", "2")), NAME)))
                .allSatisfy(node ->
                        assertThat(node.orElseThrow().getMetadata().getUid()).isEqualTo("read"));
    }

    private static Node version(String uid, String resourceVersion) {
        return new NodeBuilder()
                .withNewMetadata()
                .withUid(uid)
                .withResourceVersion(resourceVersion)
                .endMetadata()
                .build();
    }

    private static String node(String metadata) {
        return "{\"apiVersion\":\"v1\",\"kind\":\"Node\",\"metadata\":{\"name\":\"worker-1\"," + metadata + "}}";
    }
}

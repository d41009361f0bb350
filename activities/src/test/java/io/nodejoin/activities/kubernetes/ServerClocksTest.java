package io.nodejoin.activities.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.nodejoin.protocol.ClusterName;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ServerClocksTest {
    private static final ClusterName WEST = new ClusterName("west");
    private static final ClusterName EAST = new ClusterName("east");

    private final CountingServer server = new CountingServer();
    private long nanos;
    private final ServerClocks clocks = new ServerClocks(server, () -> nanos);

    @AfterEach
    void close() {
        server.close();
    }

    @Test
    void shouldContinueTheTimeOfTheApiServerInWholeSeconds() {
        // given
        server.stub.show("/version", "{}");
        Instant read = clocks.now(WEST);

        // when
        pass(Duration.ofMillis(9_900));
        Instant later = clocks.now(WEST);

        // then
        assertThat(later).isEqualTo(read.plusSeconds(9));
        assertThat(server.requests).isEqualTo(1);
    }

    @Test
    void shouldAskAgainAfterTenSeconds() {
        // given
        server.stub.show("/version", "{}");
        clocks.now(WEST);

        // when
        pass(Duration.ofSeconds(10));
        clocks.now(WEST);

        // then
        assertThat(server.requests).isEqualTo(2);
    }

    @Test
    void shouldAskEachClusterForItsOwnTime() {
        // given
        server.stub.show("/version", "{}");
        clocks.now(WEST);

        // when
        clocks.now(EAST);

        // then
        assertThat(server.requests).isEqualTo(2);
    }

    @Test
    void shouldRememberNoTimeOfARefusal() {
        // given
        assertThatThrownBy(() -> clocks.now(WEST)).isInstanceOf(KubernetesClientException.class);
        server.stub.show("/version", "{}");

        // when
        Instant time = clocks.now(WEST);

        // then
        assertThat(Duration.between(time, Instant.now())).isLessThan(Duration.ofMinutes(1));
    }

    private void pass(Duration time) {
        nanos += time.toNanos();
    }

    private static final class CountingServer implements ClusterClients {
        private final StubApiServer stub = new StubApiServer("");
        private int requests;

        @Override
        public KubernetesClient client(ClusterName cluster) {
            requests++;
            return stub.client(cluster);
        }

        @Override
        public void close() {
            stub.close();
        }
    }
}

package io.nodejoin.activities;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.client.KubernetesClientException;
import io.nodejoin.protocol.ClusterName;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ServerTimeTest {
    private static final ClusterName CLUSTER = new ClusterName("any");

    private final StubApiServer server = new StubApiServer("");

    @AfterEach
    void close() {
        server.close();
    }

    @Test
    void shouldReadTheTimeOfTheAnswer() {
        // given
        server.show("/version", "{}");

        // when
        Instant time = ServerTime.of(server.client(CLUSTER));

        // then
        assertThat(Duration.between(time, Instant.now())).isLessThan(Duration.ofMinutes(1));
    }

    @Test
    void shouldNotBelieveTheTimeOfARefusal() {
        assertThatThrownBy(() -> ServerTime.of(server.client(CLUSTER)))
                .isInstanceOfSatisfying(
                        KubernetesClientException.class,
                        refused -> assertThat(refused.getCode()).isEqualTo(404));
    }
}

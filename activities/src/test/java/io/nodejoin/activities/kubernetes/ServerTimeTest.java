package io.nodejoin.activities.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.nodejoin.activities.FailureBoundary;
import io.nodejoin.protocol.ClusterName;
import io.nodejoin.workflows.failure.FailureType;
import io.nodejoin.workflows.failure.Failures;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

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
        Instant time = ServerTime.fetch(server.client(CLUSTER));

        // then
        assertThat(Duration.between(time, Instant.now())).isLessThan(Duration.ofMinutes(1));
    }

    @Test
    void shouldNotBelieveTheTimeOfARefusal() {
        assertThatThrownBy(() -> ServerTime.fetch(server.client(CLUSTER)))
                .isInstanceOfSatisfying(
                        KubernetesClientException.class,
                        refused -> assertThat(refused.getCode()).isEqualTo(404));
    }

    @Test
    @Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void shouldGiveUpAServerThatTakesTheConnectionAndSaysNothing() throws IOException {
        // given
        try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                KubernetesClient client = client(silent, Duration.ofMillis(200))) {
            // when
            Throwable thrown = catchThrowable(() -> ServerTime.fetch(client));

            // then
            assertThat(Failures.typeOf(FailureBoundary.failureOf(thrown))).contains(FailureType.UNAVAILABLE);
        }
    }

    @Test
    @Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void shouldGiveUpAServerThatFallsSilentInTheMiddleOfItsAnswer() {
        // given
        try (StalledResponseServer stalling = new StalledResponseServer();
                KubernetesClient client = new KubernetesClientBuilder()
                        .withConfig(stalling.config(Duration.ofMillis(200)))
                        .build()) {
            // when
            Throwable thrown = catchThrowable(() -> ServerTime.fetch(client));

            // then
            assertThat(Failures.typeOf(FailureBoundary.failureOf(thrown))).contains(FailureType.UNAVAILABLE);
        }
    }

    @Test
    @Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void shouldWaitNoLongerOnceItIsInterrupted() throws IOException {
        // given
        try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                KubernetesClient client = client(silent, Duration.ofHours(1))) {
            Thread.currentThread().interrupt();

            // when
            Throwable thrown = catchThrowable(() -> ServerTime.fetch(client));

            // then
            assertThat(Thread.interrupted()).isTrue();
            assertThat(thrown).isInstanceOf(KubernetesClientException.class);
        }
    }

    private static KubernetesClient client(ServerSocket server, Duration patience) {
        return new KubernetesClientBuilder()
                .withConfig(new ConfigBuilder()
                        .withMasterUrl("http://127.0.0.1:" + server.getLocalPort())
                        .withRequestTimeout((int) patience.toMillis())
                        .build())
                .build();
    }
}

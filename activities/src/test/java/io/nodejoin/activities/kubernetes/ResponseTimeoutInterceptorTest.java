package io.nodejoin.activities.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.Watch;
import io.fabric8.kubernetes.client.Watcher;
import io.fabric8.kubernetes.client.WatcherException;
import io.nodejoin.activities.FailureBoundary;
import io.nodejoin.workflows.failure.FailureType;
import io.nodejoin.workflows.failure.Failures;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

@Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ResponseTimeoutInterceptorTest {
    private final StalledResponseServer server = new StalledResponseServer();
    private final KubernetesClient client = Kubeconfig.connect(server.config(Duration.ofMillis(500)));

    @AfterEach
    void close() {
        client.close();
        server.close();
    }

    static Stream<Arguments> requests() {
        return Stream.of(
                Arguments.of("list", (Consumer<KubernetesClient>) ResponseTimeoutInterceptorTest::list),
                Arguments.of("read", (Consumer<KubernetesClient>)
                        client -> client.namespaces().withName("any").get()),
                Arguments.of("raw", (Consumer<KubernetesClient>)
                        client -> client.raw("/api/v1/namespaces/any/pods/any/eviction", "POST", Map.of())));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("requests")
    void shouldGiveUpAnAnswerThatFallsSilentInItsMiddle(String kind, Consumer<KubernetesClient> request) {
        // when
        Throwable thrown = catchThrowable(() -> request.accept(client));

        // then
        assertThat(Failures.typeOf(FailureBoundary.failureOf(thrown))).as(kind).contains(FailureType.UNAVAILABLE);
    }

    @Test
    void shouldLeaveAWatchAloneHoweverLongItIsSilent() throws InterruptedException {
        // given
        Events events = new Events();
        try (Watch _ = client.configMaps().inNamespace("any").watch(events)) {
            events.seen.take();
            // when a request that began later has been given up
            Throwable thrown = catchThrowable(() -> list(client));
            server.goOn();

            // then
            assertThat(thrown).isNotNull();
            assertThat(events.seen.take()).isEqualTo(Watcher.Action.MODIFIED.name());
        }
    }

    private static void list(KubernetesClient client) {
        client.configMaps().inNamespace("any").list();
    }

    private static final class Events implements Watcher<ConfigMap> {
        private final BlockingQueue<String> seen = new LinkedBlockingQueue<>();

        @Override
        public void eventReceived(Action action, ConfigMap resource) {
            seen.add(action.name());
        }

        @Override
        public void onClose(WatcherException cause) {
            seen.add("closed");
        }
    }
}

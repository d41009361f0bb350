package io.nodejoin.activities.kubernetes.csr;

import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.nodejoin.activities.kubernetes.ClusterClients;
import io.nodejoin.protocol.ClusterName;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class ServingCsrWatcherTest {
    private static final ClusterName CLUSTER = new ClusterName("west");

    private final AtomicInteger tries = new AtomicInteger();

    /** Fails each time, first with an error. */
    private final ClusterClients failing = new ClusterClients() {
        @Override
        public KubernetesClient client(ClusterName cluster) {
            if (tries.incrementAndGet() == 1) {
                throw new StackOverflowError();
            }
            throw new IllegalStateException("no such cluster");
        }

        @Override
        public void close() {}
    };

    @Test
    void shouldGoOnAfterAnError() throws InterruptedException {
        // given
        ServingCsrWatcher approver = new ServingCsrWatcher(
                failing, Set.of(CLUSTER), _ -> {}, _ -> {}, CsrDecisionListener.NONE, Duration.ofMillis(1));
        // when
        approver.start();
        // then
        await().until(() -> tries.get() > 1);
        approver.stop();
    }
}

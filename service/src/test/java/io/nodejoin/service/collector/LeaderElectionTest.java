package io.nodejoin.service.collector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class LeaderElectionTest {
    private final AtomicInteger tries = new AtomicInteger();
    private final LeaderElection election = new LeaderElection(
            this::client,
            "a",
            new LeaseTimings(Duration.ofMillis(3), Duration.ofMillis(2), Duration.ofMillis(1)),
            "west");

    private KubernetesClient client() {
        if (tries.incrementAndGet() == 1) {
            throw new StackOverflowError();
        }
        throw new IllegalStateException("no such cluster");
    }

    @Test
    void shouldStandForElectionAgainAfterAnError() throws InterruptedException {
        // when
        election.start();
        // then
        await().until(() -> tries.get() > 1);
        assertThat(election.isLeader()).isFalse();
        election.stop();
    }
}

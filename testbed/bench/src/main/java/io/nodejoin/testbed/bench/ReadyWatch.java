package io.nodejoin.testbed.bench;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.Watch;
import io.fabric8.kubernetes.client.Watcher;
import io.fabric8.kubernetes.client.WatcherException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Records when each node is first observed, and first observed Ready, the same way for everything that is measured. */
final class ReadyWatch implements AutoCloseable {
    private final Map<String, Long> seen = new ConcurrentHashMap<>();
    private final Map<String, CompletableFuture<Long>> ready = new ConcurrentHashMap<>();
    private final Watch watch;

    ReadyWatch(KubernetesClient client) {
        watch = client.nodes().watch(new Nodes());
    }

    /** The {@link System#nanoTime} at which the node was first seen Ready. */
    long readyAt(String node, Duration patience) throws InterruptedException {
        try {
            return futureOf(node).get(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw new IllegalStateException(node + " was not Ready after " + patience.toSeconds() + " s", e);
        }
    }

    /** The {@link System#nanoTime} at which the node was first seen, if it was. */
    Optional<Long> seenAt(String node) {
        return Optional.ofNullable(seen.get(node));
    }

    static boolean isReady(Node node) {
        return node.getStatus().getConditions().stream()
                .anyMatch(condition -> condition.getType().equals("Ready")
                        && condition.getStatus().equals("True"));
    }

    private CompletableFuture<Long> futureOf(String node) {
        return ready.computeIfAbsent(node, _ -> new CompletableFuture<>());
    }

    @Override
    public void close() {
        watch.close();
    }

    private final class Nodes implements Watcher<Node> {
        @Override
        public void eventReceived(Action action, Node node) {
            long now = System.nanoTime();
            String name = node.getMetadata().getName();
            seen.putIfAbsent(name, now);
            if (isReady(node)) {
                futureOf(name).complete(now);
            }
        }

        @Override
        public void onClose(WatcherException cause) {
            // A pending wait for a node then times out.
        }
    }
}

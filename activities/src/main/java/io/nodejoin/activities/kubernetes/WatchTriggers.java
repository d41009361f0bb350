package io.nodejoin.activities.kubernetes;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.Informable;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import io.nodejoin.activities.ActivityFence;
import io.nodejoin.protocol.ClusterName;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * One shared informer per cluster and kind, which wakes waiters by key. A trigger only: watches can stall silently, so
 * waiters also poll.
 */
public final class WatchTriggers<T extends HasMetadata> implements AutoCloseable {
    private static final String BY_KEY = "nodejoin-key";

    private final ClusterClients clients;
    private final Function<KubernetesClient, Informable<T>> selection;
    private final Function<T, String> key;
    private final Map<ClusterName, SharedIndexInformer<T>> informers = new ConcurrentHashMap<>();
    private final Map<WatchKey, Set<Semaphore>> subscribers = new ConcurrentHashMap<>();

    private record WatchKey(ClusterName cluster, String key) {}

    /**
     * @param selection selects the watched objects
     * @param key the property by which waiters subscribe
     */
    public WatchTriggers(
            ClusterClients clients, Function<KubernetesClient, Informable<T>> selection, Function<T, String> key) {
        this.clients = clients;
        this.selection = selection;
        this.key = key;
    }

    /**
     * Subscribes to a key; the first subscriber of a cluster starts its informer. The caller closes the subscription.
     */
    public Trigger subscribe(ClusterName cluster, String wanted) {
        WatchKey watchKey = new WatchKey(cluster, wanted);
        Semaphore signal = new Semaphore(0);
        subscribers.compute(watchKey, (_, signals) -> {
            Set<Semaphore> all = signals == null ? ConcurrentHashMap.newKeySet() : signals;
            all.add(signal);
            return all;
        });
        return new Trigger(watchKey, signal, informers.computeIfAbsent(cluster, this::watch));
    }

    /** Starts the cluster's informer, so that the first subscriber finds it running. Idempotent. */
    public void start(ClusterName cluster) {
        informers.computeIfAbsent(cluster, this::watch);
    }

    /**
     * Returns all objects of the cluster; empty if it is not watched, or the watch is interrupted. A watch that has stalled
     * is not noticed.
     */
    public Optional<List<T>> watched(ClusterName cluster) {
        return watching(cluster).map(informer -> informer.getIndexer().list());
    }

    /** As {@link #watched(ClusterName)}, but only the objects with the key. */
    public Optional<List<T>> watched(ClusterName cluster, String wanted) {
        return watching(cluster).map(informer -> informer.getIndexer().byIndex(BY_KEY, wanted));
    }

    private Optional<SharedIndexInformer<T>> watching(ClusterName cluster) {
        return Optional.ofNullable(informers.get(cluster))
                .filter(informer -> informer.hasSynced() && informer.isWatching());
    }

    /** Returns all objects of the cluster as the informer last saw them; none if the cluster is not watched. */
    public List<T> cached(ClusterName cluster) {
        SharedIndexInformer<T> informer = informers.get(cluster);
        return informer == null ? List.of() : informer.getIndexer().list();
    }

    /** Stops all watches. Idempotent. */
    @Override
    public void close() {
        informers.values().forEach(SharedIndexInformer::close);
    }

    private SharedIndexInformer<T> watch(ClusterName cluster) {
        SharedIndexInformer<T> informer = selection
                .apply(clients.client(cluster))
                .runnableInformer(0)
                .addIndexers(Map.of(BY_KEY, object -> List.of(key.apply(object))))
                .addEventHandler(new TriggerHandler(cluster))
                .exceptionHandler((_, _) -> true);
        var _ = informer.start();
        return informer;
    }

    private final class TriggerHandler implements ResourceEventHandler<T> {
        private final ClusterName cluster;

        TriggerHandler(ClusterName cluster) {
            this.cluster = cluster;
        }

        @Override
        public void onAdd(T object) {
            trigger(object);
        }

        @Override
        public void onUpdate(T before, T object) {
            trigger(object);
        }

        @Override
        public void onDelete(T object, boolean finalStateUnknown) {
            trigger(object);
        }

        private void trigger(T object) {
            subscribers
                    .getOrDefault(new WatchKey(cluster, key.apply(object)), Set.of())
                    .forEach(Semaphore::release);
        }
    }

    /** One subscription. */
    public final class Trigger implements AutoCloseable {
        private final WatchKey watchKey;
        private final Semaphore signal;
        private final SharedIndexInformer<T> informer;

        private Trigger(WatchKey watchKey, Semaphore signal, SharedIndexInformer<T> informer) {
            this.watchKey = watchKey;
            this.signal = signal;
            this.informer = informer;
        }

        /** Waits until an object with the key changes after the last call. Returns false after the timeout. */
        public boolean await(Duration timeout) {
            try {
                boolean triggered = signal.tryAcquire(timeout.toNanos(), TimeUnit.NANOSECONDS);
                signal.drainPermits();
                return triggered;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw ActivityFence.shuttingDown();
            }
        }

        /** Returns the objects with the key as the informer last saw them. */
        public List<T> cached() {
            return informer.getIndexer().byIndex(BY_KEY, watchKey.key());
        }

        /** Ends the subscription. */
        @Override
        public void close() {
            subscribers.computeIfPresent(watchKey, (_, signals) -> {
                signals.remove(signal);
                return signals.isEmpty() ? null : signals;
            });
        }
    }
}

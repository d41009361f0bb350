package io.nodejoin.activities.kubernetes;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.Informable;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.Problem;
import io.nodejoin.workflows.failure.FailureType;
import io.nodejoin.workflows.failure.Failures;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * One shared watch per cluster on one kind of object, which wakes whoever waits for a key. A hint and no more: watches
 * stall silently, so whoever waits also reads by itself now and then.
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
     * @param selection which objects are watched
     * @param key by which property they are waited for
     */
    public WatchTriggers(
            ClusterClients clients, Function<KubernetesClient, Informable<T>> selection, Function<T, String> key) {
        this.clients = clients;
        this.selection = selection;
        this.key = key;
    }

    /** Begins to listen, and starts the cluster's watch if this is its first listener. To be closed by the caller. */
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

    /** Ends all watches. A second call is harmless. */
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

    /** One listener. */
    public final class Trigger implements AutoCloseable {
        private final WatchKey watchKey;
        private final Semaphore signal;
        private final SharedIndexInformer<T> informer;

        private Trigger(WatchKey watchKey, Semaphore signal, SharedIndexInformer<T> informer) {
            this.watchKey = watchKey;
            this.signal = signal;
            this.informer = informer;
        }

        /** Waits until an object of the key changed since the last call: true; or until the time is over: false. */
        public boolean await(Duration timeout) {
            try {
                boolean triggered = signal.tryAcquire(timeout.toNanos(), TimeUnit.NANOSECONDS);
                signal.drainPermits();
                return triggered;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw Failures.of(
                        FailureType.UNAVAILABLE,
                        new Problem(
                                ErrorCode.WORKER_INTERRUPTED,
                                "this worker is shutting down; the activity is retried by another worker"));
            }
        }

        /** The objects of the key as the watch last saw them. */
        public List<T> cached() {
            return informer.getIndexer().byIndex(BY_KEY, watchKey.key());
        }

        /** Stops listening. */
        @Override
        public void close() {
            subscribers.computeIfPresent(watchKey, (_, signals) -> {
                signals.remove(signal);
                return signals.isEmpty() ? null : signals;
            });
        }
    }
}

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
public final class ResourceHints<T extends HasMetadata> implements AutoCloseable {
    private static final String BY_KEY = "nodejoin-key";

    private final ClusterClients clients;
    private final Function<KubernetesClient, Informable<T>> selection;
    private final Function<T, String> key;
    private final Map<ClusterName, SharedIndexInformer<T>> informers = new ConcurrentHashMap<>();
    private final Map<Place, Set<Semaphore>> waiting = new ConcurrentHashMap<>();

    private record Place(ClusterName cluster, String key) {}

    /**
     * @param selection which objects are watched
     * @param key by which property they are waited for
     */
    public ResourceHints(
            ClusterClients clients, Function<KubernetesClient, Informable<T>> selection, Function<T, String> key) {
        this.clients = clients;
        this.selection = selection;
        this.key = key;
    }

    /** Begins to listen, and starts the cluster's watch if this is its first listener. To be closed by the caller. */
    public Hint on(ClusterName cluster, String wanted) {
        Place place = new Place(cluster, wanted);
        Semaphore bell = new Semaphore(0);
        waiting.compute(place, (_, bells) -> {
            Set<Semaphore> grown = bells == null ? ConcurrentHashMap.newKeySet() : bells;
            grown.add(bell);
            return grown;
        });
        return new Hint(place, bell, informers.computeIfAbsent(cluster, this::watch));
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
                .addEventHandler(new Ringing(cluster))
                .exceptionHandler((_, _) -> true);
        var _ = informer.start();
        return informer;
    }

    private final class Ringing implements ResourceEventHandler<T> {
        private final ClusterName cluster;

        Ringing(ClusterName cluster) {
            this.cluster = cluster;
        }

        @Override
        public void onAdd(T object) {
            ring(object);
        }

        @Override
        public void onUpdate(T before, T object) {
            ring(object);
        }

        @Override
        public void onDelete(T object, boolean finalStateUnknown) {
            ring(object);
        }

        private void ring(T object) {
            waiting.getOrDefault(new Place(cluster, key.apply(object)), Set.of())
                    .forEach(Semaphore::release);
        }
    }

    /** One listener. */
    public final class Hint implements AutoCloseable {
        private final Place place;
        private final Semaphore bell;
        private final SharedIndexInformer<T> informer;

        private Hint(Place place, Semaphore bell, SharedIndexInformer<T> informer) {
            this.place = place;
            this.bell = bell;
            this.informer = informer;
        }

        /** Waits until an object of the key changed since the last call: true; or until the time is over: false. */
        public boolean await(Duration patience) {
            try {
                boolean rung = bell.tryAcquire(patience.toNanos(), TimeUnit.NANOSECONDS);
                bell.drainPermits();
                return rung;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw Failures.of(
                        FailureType.UNAVAILABLE,
                        new Problem(ErrorCode.JOIN_DEADLINE_EXCEEDED, "this worker stops; another one goes on"));
            }
        }

        /** The objects of the key as the watch last saw them. */
        public List<T> seen() {
            return informer.getIndexer().byIndex(BY_KEY, place.key());
        }

        /** Stops listening. */
        @Override
        public void close() {
            waiting.computeIfPresent(place, (_, bells) -> {
                bells.remove(bell);
                return bells.isEmpty() ? null : bells;
            });
        }
    }
}

package io.nodejoin.activities.kubernetes.clusterinfo;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.nodejoin.activities.audit.AuditLog;
import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.Problem;
import io.nodejoin.workflows.failure.FailureType;
import io.nodejoin.workflows.failure.Failures;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Gatherers;

/**
 * Writes the signatures in one cluster's cluster-info. Changes that come while a write is under way go out together as
 * the next one: the first in line writes for all that wait, so that many joins at once cost few requests.
 *
 * <p>What was last read or written is replaced without another read, as long as nobody else writes. Once another writer
 * was faster, each batch reads first, until such a read finds nothing new.
 */
final class SignatureWriter {
    /** Maximum number of attempts to swap; after that many conflicts a longer pause helps more. */
    private static final int MAX_SWAPS = 10;
    /** Audit entries of one batch that are written at the same time. */
    private static final int CONCURRENT_ENTRIES = 64;
    /** Kubernetes refuses a ConfigMap whose values have more than 1 MiB; what is left is for the cluster's own signer. */
    static final int MAX_BYTES = 1024 * 1024 - 16 * 1024;

    private final ClusterName cluster;
    private final ClusterInfoObject map;
    private final AuditLog audit;
    private final ConflictPause pause;
    private final Queue<SignatureChange> waiting = new ConcurrentLinkedQueue<>();
    /** In FIFO order. Its holder completes every change that waits when it begins. */
    private final ReentrantLock writing = new ReentrantLock(true);

    /** Guarded by {@link #writing}, as the two below. */
    private Optional<ConfigMap> known = Optional.empty();

    /** Whether nobody else writes, as far as is known, so that a swap may begin with what is known. */
    private boolean alone;

    SignatureWriter(ClusterName cluster, ClusterInfoObject map, AuditLog audit, ConflictPause pause) {
        this.cluster = cluster;
        this.map = map;
        this.audit = audit;
        this.pause = pause;
    }

    /**
     * Makes the change, with those of others, unless it is made already. Returns whether it was there when it was read
     * back; a removal is not read back.
     */
    boolean write(SignatureChange change) {
        waiting.add(change);
        writing.lock();
        try {
            if (!change.isDone()) {
                writeAll(takeWaiting());
            }
        } finally {
            writing.unlock();
        }
        return change.await();
    }

    private List<SignatureChange> takeWaiting() {
        List<SignatureChange> batch = new ArrayList<>();
        for (SignatureChange next = waiting.poll(); next != null; next = waiting.poll()) {
            batch.add(next);
        }
        return batch;
    }

    private void writeAll(List<SignatureChange> batch) {
        try {
            swap(batch);
        } catch (RuntimeException e) { // every failure is reported to all whose changes were not made
            batch.forEach(change -> change.fail(e));
        } finally {
            // No effect after a result or a failure. An Error ends this thread, but must not leave others blocked.
            batch.forEach(change -> change.fail(new IllegalStateException("the batch was abandoned")));
        }
    }

    private void swap(List<SignatureChange> batch) {
        // Whether a change is needed at all is told by the API server only.
        if (!alone || batch.stream().anyMatch(this::isMade)) {
            alone = read();
        }
        for (int conflicts = 1; conflicts <= MAX_SWAPS; conflicts++) {
            batch.stream().filter(this::isMade).forEach(change -> change.complete(true));
            refuseBeyondMaximum(open(batch));
            List<SignatureChange> authorized = authorize(open(batch));
            if (authorized.isEmpty()) {
                return;
            }
            Map<String, String> data = ClusterInfoConfigMap.copyOfData(known);
            authorized.forEach(change -> change.applyTo(data));
            Optional<ConfigMap> stored = map.compareAndSwap(known, data);
            if (stored.isPresent()) {
                known = stored;
                complete(authorized);
                return;
            }
            alone = false;
            pause.await(conflicts);
            boolean _ = read();
        }
        RuntimeException conflict = conflict(cluster);
        batch.forEach(change -> change.fail(conflict));
    }

    private void complete(List<SignatureChange> written) {
        List<SignatureChange> publications =
                written.stream().filter(SignatureChange::isPublication).toList();
        written.stream().filter(change -> !change.isPublication()).forEach(change -> change.complete(true));
        if (!publications.isEmpty()) {
            alone &= read();
            publications.forEach(change -> change.complete(isMade(change)));
        }
    }

    /** Reads the object. Returns whether it is what was known. */
    private boolean read() {
        Optional<ConfigMap> read = map.get();
        boolean unchanged = read.isPresent() && version(read).equals(version(known));
        known = read;
        return unchanged;
    }

    private static Optional<String> version(Optional<ConfigMap> map) {
        return map.map(found -> found.getMetadata().getResourceVersion());
    }

    private boolean isMade(SignatureChange change) {
        return change.isIn(data());
    }

    private Map<String, String> data() {
        return known.map(ConfigMap::getData).orElse(Map.of());
    }

    private static List<SignatureChange> open(List<SignatureChange> batch) {
        return batch.stream().filter(change -> !change.isDone()).toList();
    }

    /** The audit entries wait for a disk, so they are written at the same time. */
    private List<SignatureChange> authorize(List<SignatureChange> changes) {
        return changes.stream()
                .gather(Gatherers.mapConcurrent(
                        CONCURRENT_ENTRIES,
                        change -> change.authorize(audit) ? Optional.of(change) : Optional.<SignatureChange>empty()))
                .flatMap(Optional::stream)
                .toList();
    }

    /** Fails, before they have an effect, the publications for which there is no room. */
    private void refuseBeyondMaximum(List<SignatureChange> changes) {
        Map<String, String> data = ClusterInfoConfigMap.copyOfData(known);
        changes.stream().filter(change -> !change.isPublication()).forEach(change -> change.applyTo(data));
        int bytes = data.values().stream().mapToInt(SignatureWriter::bytes).sum();
        for (SignatureChange change : changes) {
            if (change.isPublication()) {
                int before = bytes(data.getOrDefault(change.key(), ""));
                change.applyTo(data);
                int added = bytes(data.getOrDefault(change.key(), "")) - before;
                if (bytes + added > MAX_BYTES) {
                    change.fail(full(cluster, bytes));
                } else {
                    bytes += added;
                }
            }
        }
    }

    private static int bytes(String value) {
        return value.getBytes(StandardCharsets.UTF_8).length;
    }

    private static RuntimeException full(ClusterName cluster, int bytes) {
        return Failures.of(
                FailureType.THROTTLED,
                new Problem(
                        ErrorCode.TOKEN_QUOTA_EXCEEDED,
                        ClusterInfoConfigMap.OBJECT + " of cluster " + cluster + " has " + bytes
                                + " bytes and no room for another signature: the maximum is " + MAX_BYTES));
    }

    /** Creates the retryable failure of a write that other writers prevented. */
    static RuntimeException conflict(ClusterName cluster) {
        return Failures.of(
                FailureType.CONFLICT,
                new Problem(
                        ErrorCode.OBJECT_CONFLICT,
                        ClusterInfoConfigMap.OBJECT + " of cluster " + cluster + " was changed by others " + MAX_SWAPS
                                + " times in a row"));
    }
}

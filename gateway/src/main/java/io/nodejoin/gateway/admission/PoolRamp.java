package io.nodejoin.gateway.admission;

import io.nodejoin.gateway.config.AdmissionSettings;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.workflows.node.NodeRef;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Whether another join of one pool may begin. The first ones are canaries: until as many have joined, no more than those are
 * tried at once. Machines that fail in a row with the same code stop the pool: then one at a time is tried, until one joins.
 * Not thread-safe.
 */
final class PoolRamp {
    private final String pool;
    private final AdmissionSettings settings;
    /** Joins that have begun, without a verdict, and when they began. */
    private final Map<NodeRef, Long> tried = new HashMap<>();
    /** The machines that have failed with this code since one joined. */
    private final Set<NodeRef> failures = new LinkedHashSet<>();

    private @Nullable ErrorCode failure;
    private int joined;
    private boolean stopped;
    private long probedAt;

    PoolRamp(String pool, AdmissionSettings settings) {
        this.pool = pool;
        this.settings = settings;
    }

    boolean mayBegin(long now) {
        if (stopped) {
            return tried.isEmpty()
                    && now - probedAt >= settings.poolProbeInterval().toNanos();
        }
        return joined >= settings.canaries() || tried.size() < settings.canaries();
    }

    boolean isStopped() {
        return stopped;
    }

    void began(NodeRef node, long now) {
        tried.put(node, now);
        probedAt = now;
    }

    void joined(NodeRef node) {
        tried.remove(node);
        if (stopped) {
            resume();
        }
        failures.clear();
        joined++;
    }

    /** A machine counts once, however often its join tries again. Only a code that its image may explain counts. */
    void failed(NodeRef node, ErrorCode code, long now) {
        tried.remove(node);
        if (!isOfMachine(code)) {
            return;
        }
        if (code != failure) {
            failures.clear();
            failure = code;
        }
        failures.add(node);
        if (!stopped && failures.size() >= settings.failuresToStop()) {
            stopped = true;
            probedAt = now;
            tried.clear();
        }
    }

    /** The join has not begun after all, or its attempt has ended without a verdict. */
    void withdrawn(NodeRef node) {
        tried.remove(node);
    }

    /** Forgets what was seen: the pool begins anew with its canaries. */
    void resume() {
        failures.clear();
        tried.clear();
        joined = 0;
        stopped = false;
    }

    void removeExpired(long now) {
        tried.values().removeIf(began -> now - began > settings.verdictTimeout().toNanos());
    }

    /** Returns why another join of the pool has to wait; empty if it does not. */
    Optional<String> waitReason(long now) {
        if (stopped) {
            return Optional.of("pool " + pool + " is stopped: " + failures.size() + " machines in a row failed with "
                    + failure + "; one join at a time tries whether it works again");
        }
        return mayBegin(now)
                ? Optional.empty()
                : Optional.of("the first " + settings.canaries() + " joins of pool " + pool
                        + " are tried before more begin, " + joined + " have joined");
    }

    private static boolean isOfMachine(ErrorCode code) {
        return switch (code.reasonClass()) {
            case HOST_PREFLIGHT, HOST_STEP, NETWORK, TIMEOUT -> true;
            case CAPACITY, IDENTITY, CONTROL_PLANE, CANCELLED, REQUEST -> code == ErrorCode.NODE_NOT_READY;
        };
    }
}

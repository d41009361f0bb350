package io.nodejoin.gateway.enrollment;

import io.nodejoin.protocol.agent.EarlyPreparation;
import io.nodejoin.protocol.event.HostProfile;
import io.nodejoin.workflows.node.NodeRef;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Who asks to enroll although no join of the node runs, or it is not the join's turn. An agent asks again every few seconds; one that has not asked for
 * a minute is gone. Of an unproved request nothing is kept but node, address and profile, and of many only the first.
 */
public final class WaitingAgents {
    private static final int MAX_KEPT = 1000;
    private static final Duration GONE = Duration.ofMinutes(1);

    private final LongSupplier nanoTime;
    private final Map<Claim, Sighting> waiting = new ConcurrentHashMap<>();

    private record Claim(NodeRef node, String address) {}

    /**
     * One of them.
     *
     * @param waitedFor since its first request
     * @param profile the profile for which it has prepared its host; null if it has not
     */
    public record Waiting(
            NodeRef node,
            String address,
            Duration waitedFor,
            @Nullable HostProfile profile) {}

    private record Sighting(long first, long last, @Nullable HostProfile profile) {}

    /** @param nanoTime a monotonic clock, as {@link System#nanoTime()} */
    public WaitingAgents(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /** Notes that somebody at this address asks to enroll as the agent of this node. */
    void seen(NodeRef node, String address, @Nullable EarlyPreparation preparation) {
        long now = nanoTime.getAsLong();
        HostProfile profile = preparation == null ? null : preparation.command().profile();
        Claim claim = new Claim(node, address);
        if (waiting.size() >= MAX_KEPT && !waiting.containsKey(claim)) {
            waiting.values().removeIf(sighting -> isGone(sighting, now));
            if (waiting.size() >= MAX_KEPT) {
                return;
            }
        }
        waiting.merge(
                claim,
                new Sighting(now, now, profile),
                (before, next) -> isGone(before, now) ? next : new Sighting(before.first(), now, profile));
    }

    /** Notes that its request was decided. */
    void remove(NodeRef node, String address) {
        waiting.remove(new Claim(node, address));
    }

    /** Returns those that still ask. */
    public List<Waiting> list() {
        long now = nanoTime.getAsLong();
        waiting.values().removeIf(sighting -> isGone(sighting, now));
        return waiting.entrySet().stream()
                .map(entry -> new Waiting(
                        entry.getKey().node(),
                        entry.getKey().address(),
                        Duration.ofNanos(now - entry.getValue().first()),
                        entry.getValue().profile()))
                .toList();
    }

    private static boolean isGone(Sighting sighting, long now) {
        return now - sighting.last() > GONE.toNanos();
    }
}

package io.nodejoin.gateway.admission;

import io.nodejoin.gateway.config.AdmissionSettings;
import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.PoolName;
import io.nodejoin.workflows.node.NodeRef;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * The joins of one cluster that are under way through this replica, and those that wait for their turn. A join is under way
 * from the hand-over of its agent's proof until its kubelet is active, its host fails or is reset, or a time limit passes.
 * Thread-safe.
 */
final class AdmissionWindow {
    private static final double NEARLY_FULL = 0.75;

    private final ClusterName cluster;
    private final AdmissionSettings settings;
    private final LongSupplier nanoTime;
    private final LatencyLimit limit;
    private final CircuitBreaker breaker;
    private final PoolRamps pools;
    private final Map<NodeRef, ActiveJoin> active = new HashMap<>();
    private final Map<NodeRef, Place> places = new HashMap<>();
    private final FairQueue queue = new FairQueue();
    private long serials;

    AdmissionWindow(ClusterName cluster, AdmissionSettings settings, LongSupplier nanoTime) {
        this.cluster = cluster;
        this.settings = settings;
        this.nanoTime = nanoTime;
        this.limit = new LatencyLimit(settings);
        this.breaker = new CircuitBreaker(settings.failuresToOpen(), settings.probeInterval());
        this.pools = new PoolRamps(settings);
    }

    /** Waits for the node's turn, at the place that it has had; admitted already if there is room, or the join is under way. */
    synchronized Turn enter(AdmissionRequest request, Runnable wake) {
        long now = nanoTime.getAsLong();
        Turn turn = new Turn(request, wake, this);
        ActiveJoin underWay = active.get(request.node());
        if (underWay != null) {
            underWay.turns().add(turn);
            turn.admit();
            return turn;
        }
        Place place = places.get(request.node());
        if (place == null && hasPlaceLeft(now)) {
            place = new Place(request, serials++, now);
            places.put(request.node(), place);
        }
        if (place != null) {
            place.turns().add(turn);
            queue.add(place);
            admitNext(now);
        }
        return turn;
    }

    /** Admits a join that starts with its agent's proof. Returns false, and admits nothing, if it had to wait. */
    synchronized boolean tryAdmit(AdmissionRequest request) {
        long now = nanoTime.getAsLong();
        if (!active.containsKey(request.node()) && !mayBegin(request, now)) {
            return false;
        }
        Place place = places.remove(request.node());
        if (place != null) {
            queue.remove(place);
        }
        begin(request, now);
        return true;
    }

    /** Returns whether the join is to learn now that its agent waits. */
    synchronized boolean takeReport(NodeRef node) {
        Place place = places.get(node);
        return place != null
                && place.takeReport(
                        nanoTime.getAsLong(), settings.reportInterval().toNanos());
    }

    synchronized void bound(NodeRef node) {
        long now = nanoTime.getAsLong();
        active.computeIfAbsent(node, _ -> new ActiveJoin(ActiveJoin.Origin.ADMITTED, now))
                .bind();
    }

    synchronized void leave(Turn turn) {
        long now = nanoTime.getAsLong();
        NodeRef node = turn.request().node();
        Place place = places.get(node);
        if (place != null && place.turns().remove(turn)) {
            place.asked(now);
            if (place.turns().isEmpty()) {
                queue.remove(place);
            }
        }
        ActiveJoin join = active.get(node);
        if (join != null && join.turns().remove(turn) && join.isRefused()) {
            active.remove(node);
            pools.withdrawn(node);
            admitNext(now);
        }
    }

    /** A command of this node's join has come. A join that was not admitted here counts as under way once its agent runs it. */
    synchronized ActiveJoin commandArrived(NodeRef node) {
        long now = nanoTime.getAsLong();
        ActiveJoin join = active.computeIfAbsent(node, _ -> new ActiveJoin(ActiveJoin.Origin.RESUMED, now));
        if (join.addCommand()) {
            breaker.succeeded();
            limit.observe(join.began(), now, isInUse(now));
            admitNext(now);
        }
        return join;
    }

    /** The agent runs the command: also a join that was not admitted here is under way. */
    synchronized void commandRuns(ActiveJoin join) {
        join.run();
    }

    /** The agent does not respond, or has another connection: its join counts again when it runs a command. */
    synchronized void commandLost(NodeRef node, ActiveJoin join) {
        boolean _ = join.removeCommand();
        if (!join.hasCommand() && active.remove(node, join)) {
            admitNext(nanoTime.getAsLong());
        }
    }

    /** @param last whether the join is under way no longer after this command */
    synchronized void commandEnded(NodeRef node, ActiveJoin join, boolean last) {
        boolean over = join.removeCommand() || last;
        if (over && active.remove(node, join)) {
            admitNext(nanoTime.getAsLong());
        }
    }

    /** The host has its kubelet: the rest costs little. No effect if the join is not under way. */
    synchronized void ended(NodeRef node) {
        if (active.remove(node) != null) {
            admitNext(nanoTime.getAsLong());
        }
    }

    /** The join has a verdict: another one of its pool may begin, also if failures have stopped it. */
    synchronized void joined(NodeRef node) {
        pools.joined(node);
        admitNext(nanoTime.getAsLong());
    }

    /** An attempt of the join has a verdict: its pool may be stopped. */
    synchronized void failed(NodeRef node, ErrorCode code) {
        long now = nanoTime.getAsLong();
        pools.failed(node, code, now);
        admitNext(now);
    }

    /** An attempt of the join is over, perhaps without a verdict. */
    synchronized void takenBack(NodeRef node) {
        pools.withdrawn(node);
        admitNext(nanoTime.getAsLong());
    }

    /** Begins the pool anew. Returns whether it was stopped; no effect if it was not. */
    synchronized boolean resume(PoolName pool) {
        boolean stopped = pools.resume(pool.value());
        admitNext(nanoTime.getAsLong());
        return stopped;
    }

    /** Drops what has taken too long, and admits what may begin now. */
    synchronized void removeExpired() {
        long now = nanoTime.getAsLong();
        active.values().stream().filter(join -> join.fallSilent(settings, now)).forEach(join -> {
            breaker.failed(now);
            limit.observe(join.began(), now, true);
        });
        removeExpiredJoins(now);
        removeAbandoned(now);
        pools.removeExpired(now);
        admitNext(now);
    }

    /** Returns why this node's join waits; empty if it does not. */
    synchronized Optional<String> waitReason(NodeRef node) {
        return Optional.ofNullable(places.get(node)).map(this::waitReason);
    }

    synchronized int limit() {
        return limit.current();
    }

    synchronized int countActive() {
        return (int) active.values().stream().filter(ActiveJoin::counts).count();
    }

    synchronized int countWaiting() {
        return places.size();
    }

    synchronized long countStoppedPools() {
        return pools.countStopped();
    }

    synchronized boolean isBroken() {
        return breaker.isOpen();
    }

    private String waitReason(Place place) {
        if (breaker.isOpen()) {
            return "cluster " + cluster + " does not respond, one join at a time probes it";
        }
        return pools.waitReason(place.request().tenant(), nanoTime.getAsLong())
                .orElseGet(() -> "waits for its turn: " + countActive() + " joins of cluster " + cluster
                        + " are under way, " + queue.countBefore(place) + " wait before it");
    }

    private boolean hasPlaceLeft(long now) {
        if (places.size() >= settings.maxPlaces()) {
            removeAbandoned(now);
        }
        return places.size() < settings.maxPlaces();
    }

    private void removeAbandoned(long now) {
        places.values()
                .removeIf(place -> place.isAbandoned(now, settings.placeKept().toNanos()));
    }

    private void removeExpiredJoins(long now) {
        active.entrySet().removeIf(entry -> {
            boolean expired = entry.getValue().isExpired(settings, now);
            if (expired && entry.getValue().isRefused()) {
                pools.withdrawn(entry.getKey());
            }
            return expired;
        });
    }

    private boolean mayBegin(AdmissionRequest request, long now) {
        return hasRoom(now) && pools.mayBegin(request.tenant(), now) && !hasNext(now);
    }

    private boolean hasNext(long now) {
        return queue.hasNext(pool -> pools.mayBegin(pool, now));
    }

    private boolean hasRoom(long now) {
        return breaker.isOpen() ? breaker.isProbeDue(now) : countActive() < limit.current();
    }

    private boolean isInUse(long now) {
        return hasNext(now) || countActive() >= NEARLY_FULL * limit.current();
    }

    private void admitNext(long now) {
        Optional<Place> next = pollNext(now);
        while (next.isPresent()) {
            Place place = next.get();
            places.remove(place.request().node());
            begin(place.request(), now).turns().addAll(place.turns());
            place.turns().forEach(Turn::admit);
            next = pollNext(now);
        }
    }

    private Optional<Place> pollNext(long now) {
        return hasRoom(now) ? queue.poll(pool -> pools.mayBegin(pool, now)) : Optional.empty();
    }

    private ActiveJoin begin(AdmissionRequest request, long now) {
        ActiveJoin join = new ActiveJoin(ActiveJoin.Origin.ADMITTED, now);
        active.put(request.node(), join);
        breaker.began(now);
        pools.began(request, now);
        return join;
    }
}

package io.nodejoin.gateway.machines;

import io.nodejoin.activities.LruMap;
import io.nodejoin.protocol.agent.MachineFacts;
import io.nodejoin.workflows.node.NodeRef;
import io.nodejoin.workflows.pool.MachineState;
import io.nodejoin.workflows.pool.SightingAnswer;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * What this replica knows of the machines that announce themselves here, and when their pools are to be asked again. A pool is
 * asked about one machine every few seconds at most. Thread-safe.
 */
final class KnownMachines {
    static final Duration PAUSE = Duration.ofSeconds(5);
    static final Duration SILENCE = Duration.ofMinutes(1);
    static final Duration CONFIRMATION = Duration.ofMinutes(10);
    /**
     * When an agent has come from another replica, that one tells the pool a minute later that it has lost the agent: the first
     * confirmation here follows that.
     */
    static final Duration FIRST_CONFIRMATION = SILENCE.plusSeconds(30);

    private static final int MAX_QUERIES = 20_000;

    private final LongSupplier nanoTime;
    private final Map<MachineKey, Machine> known = new HashMap<>();
    private final Map<MachineKey, Query> queries = new LruMap<>(MAX_QUERIES);

    /**
     * A machine that its pool has.
     *
     * @param facts that the pool has
     * @param announcedAt when its agent announced it last
     * @param confirmAt when the pool is to be asked again, if the machine still waits
     */
    private record Machine(MachineFacts facts, MachineState state, long announcedAt, long confirmAt) {}

    /** @param denied whether the pool did not have the machine */
    private record Query(long at, boolean denied) {}

    KnownMachines(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /** Notes an announcement. Returns whether the machine's pool has it, as far as is known. */
    synchronized boolean announced(MachineKey key, MachineFacts facts) {
        long now = nanoTime.getAsLong();
        return known.computeIfPresent(
                        key,
                        (_, machine) -> new Machine(
                                machine.facts(),
                                machine.state(),
                                now,
                                machine.facts().equals(facts) ? machine.confirmAt() : now))
                != null;
    }

    synchronized boolean isKnown(MachineKey key) {
        return known.containsKey(key);
    }

    /** Returns the time until the pool is to be asked; not positive if that is now; empty if it has denied the machine lately. */
    synchronized Optional<Duration> untilQuery(MachineKey key) {
        long now = nanoTime.getAsLong();
        Query latest = queries.get(key);
        long pause = latest == null ? 0 : latest.at() + PAUSE.toNanos() - now;
        Machine machine = known.get(key);
        if (machine != null) {
            return Optional.of(Duration.ofNanos(Math.max(pause, machine.confirmAt() - now)));
        }
        return pause > 0 && latest != null && latest.denied()
                ? Optional.empty()
                : Optional.of(Duration.ofNanos(Math.max(pause, 0)));
    }

    /** Returns whether the pool is to be asked now, and notes that it is. */
    synchronized boolean tryQuery(MachineKey key) {
        boolean due = untilQuery(key).filter(time -> !time.isPositive()).isPresent();
        if (due) {
            queries.put(key, new Query(nanoTime.getAsLong(), false));
        }
        return due;
    }

    /** Notes that the pool has the machine. */
    synchronized void confirmed(MachineKey key, MachineFacts facts, SightingAnswer answer) {
        long now = nanoTime.getAsLong();
        Duration next = known.containsKey(key) ? CONFIRMATION : FIRST_CONFIRMATION;
        known.put(key, new Machine(facts, answer.state(), now, now + next.toNanos()));
    }

    /** Notes that the pool does not have the machine, or could not be asked for so many that it may not have. */
    synchronized void denied(MachineKey key) {
        known.remove(key);
        queries.put(key, new Query(nanoTime.getAsLong(), true));
    }

    /** Has the pool asked at the next announcement: a join has taken the machine. */
    synchronized void taken(MachineKey key) {
        long now = nanoTime.getAsLong();
        known.computeIfPresent(
                key, (_, machine) -> new Machine(machine.facts(), MachineState.BOUND, machine.announcedAt(), now));
    }

    /** Has the pools asked about the machines that may be this node. */
    synchronized void taken(NodeRef node, String secretDigest) {
        List<MachineKey> machines = known.keySet().stream()
                .filter(key -> key.isOf(node, secretDigest))
                .toList();
        machines.forEach(this::taken);
    }

    /** Returns the machines that joins could take, whose agents are silent. Those that none could take are forgotten with that. */
    synchronized List<MachineKey> silentFree() {
        long now = nanoTime.getAsLong();
        known.values().removeIf(machine -> isSilent(machine, now) && !isFree(machine));
        return known.entrySet().stream()
                .filter(entry -> isSilent(entry.getValue(), now))
                .map(Map.Entry::getKey)
                .toList();
    }

    /** The pool has learned that the agent is away. It is asked again if the agent has come back meanwhile. */
    synchronized void toldAway(MachineKey key) {
        long now = nanoTime.getAsLong();
        known.computeIfPresent(
                key,
                (_, machine) -> isSilent(machine, now)
                        ? null
                        : new Machine(machine.facts(), machine.state(), machine.announcedAt(), now));
    }

    /** Returns whether no machine of a pool announces itself here. */
    synchronized boolean isEmpty() {
        return known.isEmpty();
    }

    /** Returns how many machines wait here for a join to take them. */
    synchronized long countWaiting() {
        long now = nanoTime.getAsLong();
        return known.values().stream()
                .filter(machine -> isFree(machine) && !isSilent(machine, now))
                .count();
    }

    private static boolean isFree(Machine machine) {
        return machine.state() == MachineState.FREE;
    }

    private static boolean isSilent(Machine machine, long now) {
        return now - machine.announcedAt() >= SILENCE.toNanos();
    }
}

package io.nodejoin.workflows.pool;

import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.MachineId;
import io.nodejoin.protocol.Problem;
import io.nodejoin.protocol.agent.MachineFacts;
import io.nodejoin.protocol.event.MachineOffered;
import io.nodejoin.protocol.event.RequestedMachine;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The machines of a pool and the joins that wait for one. Each machine is bound to one node at most. No clock, no effects. */
final class MachinePool {
    /** Keeps the pool far below the size that Temporal accepts as an argument. */
    static final int MAX_MACHINES = 1_000;
    /** Gateways tell of a waiting agent every ten minutes: after more than two that are lost, it is given to no join. */
    static final Duration SIGHTING_VALIDITY = Duration.ofMinutes(30);

    private static final String ZONE = "topology.kubernetes.io/zone";

    private final PoolRef ref;
    private final TreeMap<String, PoolMachine> machines = new TreeMap<>();
    private final List<BindRequest> waiting = new ArrayList<>();
    private boolean draining;

    /** @param before the pool of an earlier run; null for an empty one */
    MachinePool(PoolRef ref, @Nullable PoolStatus before) {
        this.ref = ref;
        if (before != null) {
            before.machines().forEach(this::put);
            waiting.addAll(before.waiting());
            draining = before.draining();
        }
    }

    /** A machine that a join gets. */
    record Grant(BindRequest request, PoolMachine machine) {}

    PoolStatus status() {
        return new PoolStatus(ref, draining, List.copyOf(machines.values()), waiting);
    }

    boolean isEmpty() {
        return machines.isEmpty() && waiting.isEmpty();
    }

    /** Returns why the offer contradicts another; empty if it does not. */
    Optional<Problem> refusal(MachineOffered offer) {
        Optional<PoolMachine> sameSecret = findBySecret(offer.enrollment());
        PoolMachine known = machines.get(offer.machine().value());
        if (sameSecret.isPresent() && !sameSecret.get().offer().machine().equals(offer.machine())) {
            return conflict("the secret of " + offer.machine() + " is that of "
                    + sameSecret.get().offer().machine());
        }
        if (known == null) {
            return machines.size() < MAX_MACHINES
                    ? Optional.empty()
                    : conflict("the pool " + ref.pool() + " has " + MAX_MACHINES + " machines already");
        }
        Binding binding = known.binding();
        return binding == null || known.offer().enrollment().equals(offer.enrollment())
                ? Optional.empty()
                : conflict(
                        "the machine " + offer.machine() + " is the node " + binding.node() + ", with another secret");
    }

    private static Optional<Problem> conflict(String detail) {
        return Optional.of(new Problem(ErrorCode.MACHINE_OFFER_CONFLICT, detail));
    }

    /** A machine with another secret is a new one: it has to be seen again, and is in quarantine no more. */
    void offer(MachineOffered offer) {
        PoolMachine known = machines.get(offer.machine().value());
        if (known != null && known.offer().enrollment().equals(offer.enrollment())) {
            put(known.with(offer));
        } else {
            put(PoolMachine.offered(offer));
        }
    }

    void withdraw(MachineId id) {
        PoolMachine known = machines.get(id.value());
        if (known != null) {
            if (known.state() == MachineState.BOUND) {
                put(known.asWithdrawn());
            } else {
                machines.remove(id.value());
            }
        }
    }

    /** Throws {@link java.util.NoSuchElementException} unless the pool {@linkplain #knows knows} the machine. */
    SightingAnswer sighted(MachineSighting sighting, Instant now) {
        PoolMachine machine = update(sighting.secretDigest(), known -> known.sighted(sighting.facts(), now))
                .orElseThrow();
        Binding binding = machine.binding();
        return new SightingAnswer(machine.state(), binding == null ? null : binding.node());
    }

    void away(String secretDigest) {
        Optional<PoolMachine> _ = update(secretDigest, PoolMachine::away);
    }

    boolean knows(String secretDigest) {
        return findBySecret(secretDigest).isPresent();
    }

    void setDraining(boolean wanted) {
        draining = wanted;
    }

    /** Adds a join that waits, once. One that has a machine already gets that one again. */
    void request(BindRequest request) {
        waiting.removeIf(other -> other.joinId().equals(request.joinId()));
        waiting.add(request);
        waiting.sort(Comparator.comparing(BindRequest::since)
                .thenComparing(each -> each.joinId().value()));
    }

    /** The join waits no more. A machine that it has got meanwhile is free for the next one, once its agent is seen. */
    void withdrawRequest(JoinId join) {
        waiting.removeIf(other -> other.joinId().equals(join));
        findBound(join).ifPresent(machine -> putReleased(machine, List.of()));
    }

    void release(MachineRelease release) {
        findBound(release::isOf).ifPresent(machine -> putReleased(machine, release.residue()));
    }

    private void putReleased(PoolMachine machine, List<String> residue) {
        if (!residue.isEmpty()) {
            put(machine.quarantined(residue));
        } else if (machine.withdrawn()) {
            machines.remove(machine.offer().machine().value());
        } else {
            put(machine.released());
        }
    }

    /** Binds fitting machines to the joins whose deadline has not passed, the oldest first; one that none fits does not hold up the next. */
    List<Grant> bind(Instant now) {
        waiting.removeIf(request -> !now.isBefore(request.deadline()));
        List<Grant> grants = new ArrayList<>();
        for (BindRequest request : List.copyOf(waiting)) {
            choose(request, now).ifPresent(machine -> {
                PoolMachine bound = machine.bound(new Binding(request.joinId(), request.node(), now));
                put(bound);
                waiting.remove(request);
                grants.add(new Grant(request, bound));
            });
        }
        return grants;
    }

    private Optional<PoolMachine> choose(BindRequest request, Instant now) {
        return findBound(request.joinId()).or(() -> chooseFree(request.wanted(), now));
    }

    /** Of the machines that fit one in the zone with the fewest bound ones, and of these the smallest. */
    private Optional<PoolMachine> chooseFree(RequestedMachine wanted, Instant now) {
        Map<String, Long> boundByZone = machines.values().stream()
                .filter(machine -> machine.state() == MachineState.BOUND)
                .collect(Collectors.groupingBy(MachinePool::zone, TreeMap::new, Collectors.counting()));
        return machines.values().stream()
                .filter(machine -> obstacle(machine, wanted, now).isEmpty())
                .min(Comparator.<PoolMachine>comparingLong(machine -> boundByZone.getOrDefault(zone(machine), 0L))
                        .thenComparingInt(machine -> facts(machine).cpus())
                        .thenComparingLong(machine -> facts(machine).memoryBytes()));
    }

    /** Returns why the join waits, for people: how many machines there are, and what keeps each from it. */
    String explain(BindRequest request, Instant now) {
        Map<String, Long> obstacles = machines.values().stream()
                .map(machine -> obstacle(machine, request.wanted(), now).orElse("free"))
                .collect(Collectors.groupingBy(text -> text, TreeMap::new, Collectors.counting()));
        String counts = obstacles.entrySet().stream()
                .map(entry -> entry.getValue() + " " + entry.getKey())
                .collect(Collectors.joining(", "));
        return "the pool " + ref.pool() + " has "
                + (machines.size() == 1 ? "1 machine" : machines.size() + " machines")
                + (counts.isEmpty() ? "" : ": " + counts);
    }

    /** Returns what keeps the machine from the join, as the end of a count. */
    private Optional<String> obstacle(PoolMachine machine, RequestedMachine wanted, Instant now) {
        return Optional.ofNullable(
                switch (machine.state()) {
                    case BOUND -> "bound";
                    case QUARANTINED -> "quarantined";
                    case OFFERED -> "offered whose agent does not wait";
                    case FREE -> {
                        if (draining) {
                            yield "free in a pool that is being drained";
                        }
                        if (!isSeen(machine, now)) {
                            yield "offered whose agent does not wait";
                        }
                        yield mismatch(machine, wanted);
                    }
                });
    }

    private static @Nullable String mismatch(PoolMachine machine, RequestedMachine wanted) {
        MachineOffered offer = machine.offer();
        if ((wanted.id() != null && !wanted.id().equals(offer.machine()))
                || (wanted.endorsementKey() != null && !wanted.endorsementKey().equals(offer.endorsementKey()))
                || (wanted.systemUuid() != null
                        && !wanted.systemUuid()
                                .equalsIgnoreCase(Objects.requireNonNullElse(
                                        facts(machine).systemUuid(), "")))) {
            return "not the one that is requested";
        }
        if (!offer.labels().entrySet().containsAll(wanted.labels().entrySet())) {
            return "with other labels";
        }
        boolean isTooSmall = (wanted.minCpus() != null && facts(machine).cpus() < wanted.minCpus())
                || (wanted.minMemoryBytes() != null && facts(machine).memoryBytes() < wanted.minMemoryBytes());
        return isTooSmall ? "too small" : null;
    }

    private static boolean isSeen(PoolMachine machine, Instant now) {
        Instant seen = machine.seenAt();
        return seen != null && now.isBefore(seen.plus(SIGHTING_VALIDITY));
    }

    private static MachineFacts facts(PoolMachine machine) {
        return Objects.requireNonNull(machine.facts(), "a free machine was seen");
    }

    private static String zone(PoolMachine machine) {
        return machine.offer().labels().getOrDefault(ZONE, "");
    }

    private Optional<PoolMachine> update(String secretDigest, UnaryOperator<PoolMachine> change) {
        return findBySecret(secretDigest).map(machine -> put(change.apply(machine)));
    }

    private PoolMachine put(PoolMachine machine) {
        machines.put(machine.offer().machine().value(), machine);
        return machine;
    }

    private Optional<PoolMachine> findBySecret(String digest) {
        return machines.values().stream()
                .filter(machine -> machine.offer().enrollment().equals(digest))
                .findFirst();
    }

    private Optional<PoolMachine> findBound(JoinId join) {
        return findBound(binding -> binding.joinId().equals(join));
    }

    private Optional<PoolMachine> findBound(Predicate<Binding> which) {
        return machines.values().stream()
                .filter(machine -> machine.binding() != null && which.test(machine.binding()))
                .findFirst();
    }
}

package io.nodejoin.service.collector;

import io.nodejoin.activities.FailureBoundary;
import io.nodejoin.activities.kubernetes.outbox.OpenJoin;
import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.Problem;
import io.nodejoin.workflows.failure.Failures;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at all that the ledger of a cluster holds and takes back what belongs to no running join. It remembers nothing that
 * it needs: a sweep by another replica goes on wherever this one ended.
 */
final class Sweep {
    /** An activity of a run that has just ended may act for as long as it may run: 45 s, and a call of 10 s. */
    static final Duration SETTLED = Duration.ofSeconds(75);
    /** By this much Temporal's clock may differ from the cluster's. */
    static final Duration CLOCKS = Duration.ofSeconds(45);
    /** An outcome waits no longer than this for what cannot be taken back; then it names it. */
    static final Duration PATIENCE = Duration.ofSeconds(30);
    /** Tokens of joins that end while others are settled wait no longer than this to be looked for. */
    static final Duration UNREVOKED = Duration.ofSeconds(10);

    private static final Logger LOG = LoggerFactory.getLogger(Sweep.class);

    private final Remains remains;
    private final JoinRuns runs;
    private final JanitorMeters meters;
    private final BrokenJoins joins;
    private final BrokenLeaves leaves;
    private final LongSupplier nanoTime;
    private final Map<JoinId, Sighting> over = new HashMap<>();

    Sweep(Remains remains, JoinRuns runs, JanitorMeters meters, LongSupplier nanoTime) {
        this.remains = remains;
        this.runs = runs;
        this.meters = meters;
        this.joins = new BrokenJoins(remains, meters);
        this.leaves = new BrokenLeaves(remains, meters);
        this.nanoTime = nanoTime;
    }

    /**
     * Goes once through the ledger: all tokens that have lost their joins are revoked before anything is done that takes longer, and
     * while that is done. Temporal is asked for a join right before its tokens are revoked, and again before the rest is taken back.
     * What fails for one join is tried again by the next sweep, and the others go on.
     *
     * @throws NotLeadingException if another replica leads by now
     */
    void run() {
        List<Remnant> remnants = remains.list();
        Set<JoinId> listed = remnants.stream().map(Remnant::joinId).collect(Collectors.toSet());
        Pass pass = new Pass(new SweptRuns(runs), listed, new HashSet<>());
        settle(pass, revoke(pass, remnants));
        over.keySet().retainAll(listed);
        leaves.retainAll(listed);
        meters.swept(pass.unsettled().isEmpty());
        meters.oldestOrphan(over.values().stream()
                .map(this::watched)
                .max(Duration::compareTo)
                .orElse(Duration.ZERO));
    }

    /**
     * For how long a join has been over.
     *
     * @param watched by this janitor
     * @param settled whether nothing of it can act any more
     */
    record Age(Duration watched, boolean settled) {}

    /**
     * The first time that this janitor saw a join to be over.
     *
     * @param at on this process's monotonic clock
     * @param before how long it had been over by then at the least: a janitor that dies often would never watch for long enough
     */
    private record Sighting(long at, Duration before) {}

    /** @param listed what the ledger held at its beginning */
    private record Pass(JoinRuns runs, Set<JoinId> listed, Set<JoinId> unsettled) {}

    /** @param revoked what became of its tokens; nothing while it may run */
    private record Case(Remnant remnant, JoinFate fate, BrokenJoins.Revoked revoked) {}

    private List<Case> revoke(Pass pass, List<Remnant> remnants) {
        List<Case> cases = new ArrayList<>();
        remnants.forEach(remnant -> tolerantly(pass, remnant, () -> cases.add(revoke(pass.runs(), remnant))));
        return cases;
    }

    private Case revoke(JoinRuns asked, Remnant remnant) {
        JoinFate fate = asked.glance(remnant);
        return new Case(
                remnant,
                fate,
                fate instanceof JoinFate.Over ? joins.revoke(remnant) : new BrokenJoins.Revoked(Map.of(), List.of()));
    }

    /** Hundreds of joins take minutes. Tokens are revoked meanwhile of joins that have ended since; the next sweep settles those. */
    private void settle(Pass pass, List<Case> cases) {
        long revoked = nanoTime.getAsLong();
        for (Case known : cases) {
            if (nanoTime.getAsLong() - revoked >= UNREVOKED.toNanos()) {
                revoke(pass, remains.list());
                revoked = nanoTime.getAsLong();
            }
            tolerantly(pass, known.remnant(), () -> settle(pass, known));
        }
    }

    private static void tolerantly(Pass pass, Remnant remnant, Runnable act) {
        try {
            act.run();
        } catch (NotLeadingException e) {
            throw e;
        } catch (RuntimeException e) { // one join that cannot be settled must not keep the others
            pass.unsettled().add(remnant.joinId());
            LOG.warn("join {} of {} cannot be settled yet: {}", remnant.joinId(), remnant.node(), reason(e));
        }
    }

    /** The other joins may have taken minutes, and a reset may have made one that was over run again. */
    private void settle(Pass pass, Case known) {
        Remnant remnant = known.remnant();
        switch (known.fate() instanceof JoinFate.Over ? pass.runs().fate(remnant) : known.fate()) {
            case JoinFate.Running _ -> over.remove(remnant.joinId());
            case JoinFate.Foreign foreign -> joins.endExpired(remnant, foreign.why());
            case JoinFate.Unreachable unreachable -> joins.endExpired(remnant, unreachable.why());
            case JoinFate.Unclear unclear -> joins.endExpired(remnant, unclear.why());
            case JoinFate.Over ended -> takeBack(pass, known, ended);
        }
    }

    private void takeBack(Pass pass, Case known, JoinFate.Over ended) {
        Remnant remnant = known.remnant();
        Sighting sighting = over.computeIfAbsent(remnant.joinId(), _ -> found(pass, remnant, ended));
        Duration watched = watched(sighting);
        Age age = new Age(watched, watched.plus(sighting.before()).compareTo(SETTLED) >= 0);
        OpenJoin open = remnant.open();
        if (open != null && remnant.isLeave()) {
            leaves.settle(open, ended, age);
        } else {
            joins.settle(remnant, ended, known.revoked(), age);
        }
    }

    /** What waited for it and is not in the ledger yet is entered now: once its own entry has ended, nothing tells of it. */
    private Sighting found(Pass pass, Remnant remnant, JoinFate.Over ended) {
        LOG.info("join {} of {} {}; what it left is taken back", remnant.joinId(), remnant.node(), ended.how());
        if (remnant.open() != null) {
            ended.waiting().stream()
                    .filter(owed -> !pass.listed().contains(owed.joinId()))
                    .forEach(remains::enter);
        }
        return new Sighting(nanoTime.getAsLong(), overFor(ended));
    }

    private Duration overFor(JoinFate.Over ended) {
        if (ended.closedAt() == null) {
            return Duration.ZERO;
        }
        Duration closed = Duration.between(ended.closedAt(), remains.now()).minus(CLOCKS);
        return closed.isNegative() ? Duration.ZERO : closed;
    }

    private Duration watched(Sighting sighting) {
        return Duration.ofNanos(nanoTime.getAsLong() - sighting.at());
    }

    static void attempt(String what, List<String> residue, Runnable act) {
        attemptFor(what, residue, () -> {
            act.run();
            return what;
        });
    }

    /** Empty if it failed. */
    static <T> Optional<T> attemptFor(String what, List<String> residue, Supplier<T> act) {
        try {
            return Optional.of(act.get());
        } catch (NotLeadingException e) {
            throw e;
        } catch (RuntimeException e) { // what fails is named, and the rest goes on
            residue.add(what + ": " + reason(e));
            return Optional.empty();
        }
    }

    static String reason(RuntimeException thrown) {
        Problem problem = Failures.problemOf(FailureBoundary.failureOf(thrown));
        return problem.code() + ": " + problem.detail();
    }
}

package io.nodejoin.service.janitor;

import io.nodejoin.activities.FailureBoundary;
import io.nodejoin.activities.event.OpenJoin;
import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.Problem;
import io.nodejoin.workflows.failure.Failures;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;
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
    /** An outcome waits no longer than this for what cannot be taken back; then it names it. */
    static final Duration PATIENCE = Duration.ofSeconds(30);

    private static final Logger LOG = LoggerFactory.getLogger(Sweep.class);

    private final Remains remains;
    private final JoinRuns runs;
    private final JanitorMeters meters;
    private final BrokenJoins joins;
    private final BrokenLeaves leaves;
    private final LongSupplier nanoTime;
    /** When each join was first seen to be over, on this process's monotonic clock. */
    private final Map<JoinId, Long> over = new HashMap<>();

    Sweep(Remains remains, JoinRuns runs, JanitorMeters meters, LongSupplier nanoTime) {
        this.remains = remains;
        this.runs = runs;
        this.meters = meters;
        this.joins = new BrokenJoins(remains, meters);
        this.leaves = new BrokenLeaves(remains, meters);
        this.nanoTime = nanoTime;
    }

    /**
     * Goes once through the ledger: all tokens that have lost their joins are revoked before anything is done that takes longer. Temporal
     * is asked for a join right before its tokens are revoked, and again before the rest is taken back. What fails for one join is tried
     * again by the next sweep, and the others go on.
     *
     * @throws NotLeadingException if another replica leads by now
     */
    void run() {
        List<Remnant> remnants = remains.list();
        Set<JoinId> unsettled = new HashSet<>();
        Collection<Case> cases = revoke(remnants, unsettled);
        Set<JoinId> listed = remnants.stream().map(Remnant::joinId).collect(Collectors.toSet());
        cases.forEach(each -> tolerantly(each.remnant(), unsettled, () -> settle(each, listed)));
        over.keySet().retainAll(listed);
        leaves.retainAll(listed);
        meters.swept(unsettled.isEmpty());
        meters.oldestOrphan(over.values().stream()
                .map(since -> Duration.ofNanos(nanoTime.getAsLong() - since))
                .max(Duration::compareTo)
                .orElse(Duration.ZERO));
    }

    /** @param revoked what became of its tokens; nothing while it may run */
    private record Case(Remnant remnant, JoinFate fate, BrokenJoins.Revoked revoked) {
        static Case unrevoked(Remnant remnant, JoinFate fate) {
            return new Case(remnant, fate, new BrokenJoins.Revoked(Map.of(), List.of()));
        }
    }

    /** Once Temporal cannot be asked, it is not asked for the other joins either. */
    private Collection<Case> revoke(List<Remnant> remnants, Set<JoinId> unsettled) {
        Map<Remnant, Case> cases = new LinkedHashMap<>();
        for (Remnant remnant : remnants) {
            tolerantly(remnant, unsettled, () -> cases.put(remnant, revoke(remnant)));
            Case asked = cases.get(remnant);
            if (asked != null && asked.fate() instanceof JoinFate.Unreachable away) {
                LOG.info("Temporal cannot be asked ({}): {} joins count as running", away.why(), remnants.size());
                remnants.forEach(other -> cases.putIfAbsent(other, Case.unrevoked(other, away)));
                break;
            }
        }
        return cases.values();
    }

    private Case revoke(Remnant remnant) {
        JoinFate fate = runs.fate(remnant);
        return fate instanceof JoinFate.Over
                ? new Case(remnant, fate, joins.revoke(remnant))
                : Case.unrevoked(remnant, fate);
    }

    private static void tolerantly(Remnant remnant, Set<JoinId> unsettled, Runnable act) {
        try {
            act.run();
        } catch (NotLeadingException e) {
            throw e;
        } catch (RuntimeException e) { // one join that cannot be settled must not keep the others
            unsettled.add(remnant.joinId());
            LOG.warn("join {} of {} cannot be settled yet: {}", remnant.joinId(), remnant.node(), reason(e));
        }
    }

    /** The other joins may have taken minutes, and a reset may have made one that was over run again. */
    private void settle(Case known, Set<JoinId> listed) {
        Remnant remnant = known.remnant();
        switch (known.fate() instanceof JoinFate.Over ? runs.fate(remnant) : known.fate()) {
            case JoinFate.Running _ -> over.remove(remnant.joinId());
            case JoinFate.Foreign foreign -> joins.endExpired(remnant, foreign.why());
            case JoinFate.Unreachable unreachable -> joins.endExpired(remnant, unreachable.why());
            case JoinFate.Over ended -> takeBack(known, ended, listed);
        }
    }

    private void takeBack(Case known, JoinFate.Over ended, Set<JoinId> listed) {
        Remnant remnant = known.remnant();
        long since = over.computeIfAbsent(remnant.joinId(), _ -> found(remnant, ended, listed));
        Duration age = Duration.ofNanos(nanoTime.getAsLong() - since);
        OpenJoin open = remnant.open();
        if (open != null && remnant.isLeave()) {
            leaves.settle(open, ended, age);
        } else {
            joins.settle(remnant, ended, known.revoked(), age);
        }
    }

    /** What waited for it and is not in the ledger yet is entered now: once its own entry has ended, nothing tells of it. */
    private long found(Remnant remnant, JoinFate.Over ended, Set<JoinId> listed) {
        LOG.info("join {} of {} {}; what it left is taken back", remnant.joinId(), remnant.node(), ended.how());
        ended.waiting().stream().filter(owed -> !listed.contains(owed.joinId())).forEach(remains::enter);
        return nanoTime.getAsLong();
    }

    static void attempt(String what, List<String> residue, Runnable act) {
        try {
            act.run();
        } catch (NotLeadingException e) {
            throw e;
        } catch (RuntimeException e) { // what fails is named, and the rest goes on
            residue.add(what + ": " + reason(e));
        }
    }

    static String reason(RuntimeException thrown) {
        Problem problem = Failures.problemOf(FailureBoundary.failureOf(thrown));
        return problem.code() + ": " + problem.detail();
    }
}

package io.nodejoin.service.janitor;

import io.nodejoin.activities.FailureBoundary;
import io.nodejoin.activities.event.OpenJoin;
import io.nodejoin.activities.token.LedgerEntry;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.Problem;
import io.nodejoin.workflows.event.Announcement;
import io.nodejoin.workflows.failure.FailureType;
import io.nodejoin.workflows.failure.Failures;
import io.nodejoin.workflows.node.NodeState;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
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
    private final BrokenLeaves leaves;
    private final LongSupplier nanoTime;
    /** When each join was first seen to be over, on this process's monotonic clock. */
    private final Map<JoinId, Long> over = new HashMap<>();

    Sweep(Remains remains, JoinRuns runs, JanitorMeters meters, LongSupplier nanoTime) {
        this.remains = remains;
        this.runs = runs;
        this.meters = meters;
        this.leaves = new BrokenLeaves(remains, meters);
        this.nanoTime = nanoTime;
    }

    /**
     * Goes once through the ledger. What fails for one join is tried again by the next sweep, and the others go on.
     *
     * @throws NotLeadingException if another replica leads by now
     */
    void run() {
        List<Remnant> remnants = remains.list();
        Set<JoinId> listed = new HashSet<>();
        JoinFate.@Nullable Unreachable away = null;
        boolean done = true;
        for (Remnant remnant : remnants) {
            listed.add(remnant.joinId());
            try {
                JoinFate fate = away == null ? runs.fate(remnant) : away;
                away = fate instanceof JoinFate.Unreachable unreachable ? unreachable : away;
                settle(remnant, fate);
            } catch (NotLeadingException e) {
                throw e;
            } catch (RuntimeException e) { // one join that cannot be settled must not keep the others
                done = false;
                LOG.warn("join {} of {} cannot be settled yet: {}", remnant.joinId(), remnant.node(), reason(e));
            }
        }
        over.keySet().retainAll(listed);
        leaves.retainAll(listed);
        meters.swept(done);
        meters.oldestOrphan(over.values().stream()
                .map(since -> Duration.ofNanos(nanoTime.getAsLong() - since))
                .max(Duration::compareTo)
                .orElse(Duration.ZERO));
        if (away != null && !remnants.isEmpty()) {
            LOG.info("Temporal cannot be asked ({}): {} joins count as running", away.why(), remnants.size());
        }
    }

    private void settle(Remnant remnant, JoinFate fate) {
        switch (fate) {
            case JoinFate.Running _ -> over.remove(remnant.joinId());
            case JoinFate.Foreign foreign -> endExpired(remnant, foreign.why());
            case JoinFate.Unreachable unreachable -> endExpired(remnant, unreachable.why());
            case JoinFate.Over ended -> takeBack(remnant, ended);
        }
    }

    /** Nobody needs a token beyond its end, running or not; whether an outcome is owed cannot be known. */
    private void endExpired(Remnant remnant, String why) {
        if (remnant.tokens().isEmpty()) {
            return;
        }
        Instant now = remains.now();
        for (LedgerEntry entry : remnant.tokens()) {
            if (entry.expiresAt().isBefore(now)) {
                LOG.warn(
                        "token {} has ended; its join cannot be asked for: {}",
                        entry.token().tokenId(),
                        why);
                end(entry);
                remains.forget(entry);
            }
        }
    }

    private void takeBack(Remnant remnant, JoinFate.Over ended) {
        long since = over.computeIfAbsent(remnant.joinId(), _ -> found(remnant, ended));
        Duration age = Duration.ofNanos(nanoTime.getAsLong() - since);
        OpenJoin open = remnant.open();
        if (open != null && remnant.isLeave()) {
            leaves.settle(open, ended, age);
            return;
        }
        List<String> residue = new ArrayList<>();
        List<LedgerEntry> gone = new ArrayList<>();
        for (LedgerEntry entry : remnant.tokens()) {
            attempt("Token " + entry.token().tokenId(), residue, () -> {
                if (!end(entry)) {
                    gone.add(entry);
                }
            });
        }
        if (open != null) {
            payOutcome(remnant, open, ended, residue, age);
        }
        if (age.compareTo(SETTLED) >= 0 && !gone.isEmpty()) {
            // A kubelet that had its certificate may have registered after the outcome was told.
            attempt(
                    "Node " + remnant.node(),
                    residue,
                    () -> removeNode(remnant, ended)
                            .ifPresent(line -> LOG.warn("join {} leaves: {}", remnant.joinId(), line)));
            gone.forEach(remains::forget);
        }
        if (!residue.isEmpty()) {
            throw Failures.of(
                    FailureType.UNAVAILABLE, new Problem(ErrorCode.REVOCATION_UNVERIFIED, String.join("; ", residue)));
        }
    }

    private void payOutcome(Remnant remnant, OpenJoin open, JoinFate.Over ended, List<String> residue, Duration age) {
        if (ended.outcome().told()) {
            remains.forget(open);
            return;
        }
        List<String> left = new ArrayList<>(residue);
        attempt("Node " + remnant.node(), left, () -> removeNode(remnant, ended).ifPresent(left::add));
        if (!residue.isEmpty() && age.compareTo(PATIENCE) < 0) {
            return;
        }
        remains.tell(outcome(remnant, open, ended, left));
        meters.told();
        LOG.warn("join {} of {} {}; its outcome is told by the janitor", remnant.joinId(), remnant.node(), ended.how());
        remains.forget(open);
    }

    private Announcement outcome(Remnant remnant, OpenJoin open, JoinFate.Over ended, List<String> left) {
        if (ended.outcome().decided() != null) {
            return ended.outcome().decided();
        }
        Optional<NodeState.Registered> joined =
                ended.joined() == JoinFate.Joined.YES ? remains.node(remnant.nodeRef()) : Optional.empty();
        return joined.map(node -> TerminatedOutcome.success(open, ended, node.uid(), remains.now()))
                .orElseGet(() -> TerminatedOutcome.of(open, ended, left, remains.now()));
    }

    /**
     * The Node of a join that succeeded is not the janitor's to remove. Of a join that Temporal has lost nothing tells whether it succeeded:
     * a Node that the cluster has noted as brought to Ready by this very join may be at work, so it stays and is named. Without the note the
     * join had not come so far, and its Node is removed as after any failure.
     */
    private Optional<String> removeNode(Remnant remnant, JoinFate.Over ended) {
        return switch (ended.joined()) {
            case YES -> Optional.empty();
            case NO -> remains.removeNode(remnant);
            case UNKNOWN -> {
                Optional<String> ready = remains.readyNode(remnant);
                yield ready.isPresent()
                        ? ready.map(uid -> "Node: " + remnant.node() + " with UID " + uid
                                + " was Ready and stays, since nothing tells whether its join succeeded"
                                + " (remove it if nobody needs it)")
                        : remains.removeNode(remnant);
            }
        };
    }

    /** Ends all that a token is good for; false if it was gone already. */
    private boolean end(LedgerEntry entry) {
        boolean revoked = remains.revoke(entry);
        if (revoked) {
            meters.revoked();
            LOG.warn(
                    "token {} of join {} revoked: its join does not run",
                    entry.token().tokenId(),
                    entry.token().joinId());
        }
        remains.removeSignature(entry.token());
        remains.denyUndecided(entry.token());
        return revoked;
    }

    private long found(Remnant remnant, JoinFate.Over ended) {
        LOG.info("join {} of {} {}; what it left is taken back", remnant.joinId(), remnant.node(), ended.how());
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

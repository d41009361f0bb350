package io.nodejoin.service.collector;

import io.nodejoin.activities.kubernetes.outbox.OpenJoin;
import io.nodejoin.activities.kubernetes.token.LedgerEntry;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.Problem;
import io.nodejoin.workflows.event.Announcement;
import io.nodejoin.workflows.failure.FailureType;
import io.nodejoin.workflows.failure.Failures;
import io.nodejoin.workflows.node.NodeState;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Joins whose workflow does not run any more, and tokens that have ended. It remembers nothing. */
final class BrokenJoins {
    private static final Logger LOG = LoggerFactory.getLogger(BrokenJoins.class);

    private final Remains remains;
    private final JanitorMeters meters;

    BrokenJoins(Remains remains, JanitorMeters meters) {
        this.remains = remains;
        this.meters = meters;
    }

    /**
     * What became of the tokens of one join.
     *
     * @param alive of each token that is gone now, whether there still was one
     * @param residue a line for each that could not be revoked
     */
    record Revoked(Map<LedgerEntry, Boolean> alive, List<String> residue) {}

    /** Revokes all tokens of a join. Nothing of it waits for any list, so that it can be done for all joins before all else. */
    Revoked revoke(Remnant remnant) {
        Revoked revoked = new Revoked(new LinkedHashMap<>(), new ArrayList<>());
        for (LedgerEntry entry : remnant.tokens()) {
            Sweep.attempt(name(entry), revoked.residue(), () -> revoked.alive().put(entry, revoke(entry)));
        }
        return revoked;
    }

    /**
     * Takes back what a join has left beside its tokens, and tells its outcome.
     *
     * @param revoked by the same sweep
     */
    void settle(Remnant remnant, JoinFate.Over ended, Revoked revoked, Sweep.Age age) {
        List<String> residue = new ArrayList<>(revoked.residue());
        List<LedgerEntry> gone = new ArrayList<>();
        revoked.alive()
                .forEach((entry, alive) -> Sweep.attempt(name(entry), residue, () -> {
                    endTraces(entry);
                    if (!alive) {
                        gone.add(entry);
                    }
                }));
        OpenJoin open = remnant.open();
        if (open != null) {
            payOutcome(remnant, open, ended, residue, age);
        }
        if (age.settled() && !gone.isEmpty()) {
            // A kubelet that had its certificate may have registered after the outcome was told.
            takeBackName(remnant, ended, residue)
                    .residue()
                    .forEach(line -> LOG.warn("join {} leaves: {}", remnant.joinId(), line));
            gone.forEach(remains::forget);
        }
        if (!residue.isEmpty()) {
            throw Failures.of(
                    FailureType.UNAVAILABLE, new Problem(ErrorCode.REVOCATION_UNVERIFIED, String.join("; ", residue)));
        }
    }

    /** Nobody needs a token beyond its end, running or not; whether an outcome is owed cannot be known. */
    void endExpired(Remnant remnant, String why) {
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
                revoke(entry);
                endTraces(entry);
                remains.forget(entry);
            }
        }
    }

    private void payOutcome(Remnant remnant, OpenJoin open, JoinFate.Over ended, List<String> residue, Sweep.Age age) {
        if (ended.outcome().told()) {
            remains.forget(open);
            return;
        }
        TerminatedOutcome.Name name = takeBackName(remnant, ended, residue);
        if (!residue.isEmpty() && age.watched().compareTo(Sweep.PATIENCE) < 0) {
            return;
        }
        remains.tell(remains.decide(open, outcome(remnant, open, ended, residue, name)));
        meters.told();
        LOG.warn("join {} of {} {}; its outcome is told by the janitor", remnant.joinId(), remnant.node(), ended.how());
        remains.forget(open);
    }

    private Announcement outcome(
            Remnant remnant, OpenJoin open, JoinFate.Over ended, List<String> residue, TerminatedOutcome.Name name) {
        if (ended.outcome().decided() != null) {
            return ended.outcome().decided();
        }
        Optional<NodeState.Registered> joined =
                ended.joined() == JoinFate.Joined.YES ? remains.node(remnant.nodeRef()) : Optional.empty();
        return joined.map(node -> TerminatedOutcome.success(open, ended, node.uid(), remains.now()))
                .orElseGet(() -> TerminatedOutcome.join(open, ended, residue, name, remains.now()));
    }

    /** A name under which a Node stays is not held back: the hold would have it removed. */
    private TerminatedOutcome.Name takeBackName(Remnant remnant, JoinFate.Over ended, List<String> residue) {
        return Sweep.attemptFor("Node " + remnant.node(), residue, () -> {
                    Optional<String> stays = removeNode(remnant, ended);
                    boolean held = stays.isEmpty() && leavesCertificates(ended);
                    return new TerminatedOutcome.Name(
                            stays.orElse(null), held ? remains.holdName(remnant).orElse(null) : null);
                })
                .orElse(TerminatedOutcome.Name.FREE);
    }

    /** A join that came to its outcome has seen to its certificates by itself. */
    private static boolean leavesCertificates(JoinFate.Over ended) {
        JoinFate.Outcome outcome = ended.outcome();
        return ended.joined() != JoinFate.Joined.YES && !outcome.told() && outcome.decided() == null;
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

    /** False if it was gone already. */
    private boolean revoke(LedgerEntry entry) {
        boolean alive = remains.revoke(entry);
        if (alive) {
            meters.revoked();
            LOG.warn(
                    "token {} of join {} revoked: its join does not run",
                    entry.token().tokenId(),
                    entry.token().joinId());
        }
        return alive;
    }

    private void endTraces(LedgerEntry entry) {
        remains.removeSignature(entry.token());
        remains.denyUndecided(entry.token());
    }

    private static String name(LedgerEntry entry) {
        return "Token " + entry.token().tokenId();
    }
}

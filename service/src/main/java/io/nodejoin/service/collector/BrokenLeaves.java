package io.nodejoin.service.collector;

import io.nodejoin.activities.kubernetes.outbox.OpenJoin;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.Phase;
import io.nodejoin.protocol.Problem;
import io.nodejoin.workflows.event.Announcement;
import io.nodejoin.workflows.failure.FailureType;
import io.nodejoin.workflows.failure.Failures;
import io.nodejoin.workflows.node.NodeRef;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Leaves whose workflow does not run any more. As long as the node can stay, it stays; from then on what is left is named and
 * nothing is touched: whoever asks for the leave again finishes it.
 */
final class BrokenLeaves {
    private static final Logger LOG = LoggerFactory.getLogger(BrokenLeaves.class);

    private final Remains remains;
    private final JanitorMeters meters;
    /** An entry outlives its outcome for as long as an activity might still cordon; a janitor that follows tells it once more. */
    private final Set<JoinId> told = new HashSet<>();

    BrokenLeaves(Remains remains, JanitorMeters meters) {
        this.remains = remains;
        this.meters = meters;
    }

    void settle(OpenJoin leave, JoinFate.Over ended, Sweep.Age age) {
        if (ended.outcome().told()) {
            remains.forget(leave);
            return;
        }
        List<String> residue = new ArrayList<>();
        boolean taken = takeBack(leave, ended, residue);
        if (!told.contains(leave.joinId()) && (taken || age.watched().compareTo(Sweep.PATIENCE) >= 0)) {
            tell(leave, ended, residue);
        }
        if (!taken) {
            throw Failures.of(
                    FailureType.UNAVAILABLE, new Problem(ErrorCode.REVOCATION_UNVERIFIED, String.join("; ", residue)));
        }
        if (age.settled()) {
            remains.forget(leave);
        }
    }

    /** Forgets all that the ledger does not hold any more. */
    void retainAll(Collection<JoinId> listed) {
        told.retainAll(listed);
    }

    /** Returns whether nothing is left to be tried again. */
    private boolean takeBack(OpenJoin leave, JoinFate.Over ended, List<String> residue) {
        List<String> failed = new ArrayList<>();
        Sweep.attempt("Node " + leave.node(), failed, () -> {
            if (canStay(ended)) {
                remains.uncordon(leave);
            } else {
                residue.addAll(left(leave, ended));
            }
        });
        residue.addAll(failed);
        return failed.isEmpty();
    }

    /** A leave that Temporal has lost, with all that it had reached, may have reset the host. */
    private static boolean canStay(JoinFate.Over ended) {
        return !ended.phases().isEmpty() && !ended.hasReached(Phase.Drained);
    }

    private List<String> left(OpenJoin leave, JoinFate.Over ended) {
        List<String> left = new ArrayList<>();
        left.add("Host: it may be reset, or its kubelet may run (ask for the leave again, or replace the machine)");
        remains.node(new NodeRef(leave.cluster(), leave.node()))
                .filter(node -> node.createdAt().isBefore(leave.acceptedAt()))
                .ifPresent(node -> left.add("Node: " + leave.node() + " with UID " + node.uid() + " is not deleted; "
                        + (ended.hasReached(Phase.Drained)
                                ? "it is cordoned and drained"
                                : "it may be cordoned and drained, Temporal does not know any more")
                        + " (ask for the leave again; uncordon it only if its kubelet runs)"));
        return left;
    }

    private void tell(OpenJoin leave, JoinFate.Over ended, List<String> residue) {
        Announcement outcome = ended.outcome().decided() == null
                ? TerminatedOutcome.leave(leave, ended, residue, remains.now())
                : ended.outcome().decided();
        remains.tell(remains.decide(leave, outcome));
        told.add(leave.joinId());
        meters.told();
        LOG.warn("leave {} of {} {}; its outcome is told by the janitor", leave.joinId(), leave.node(), ended.how());
    }
}

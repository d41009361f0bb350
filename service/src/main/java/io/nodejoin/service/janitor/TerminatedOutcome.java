package io.nodejoin.service.janitor;

import io.nodejoin.activities.event.OpenJoin;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.Phase;
import io.nodejoin.protocol.join.JoinFailed;
import io.nodejoin.protocol.join.PhaseTime;
import io.nodejoin.protocol.join.ReasonClass;
import io.nodejoin.workflows.event.Announcement;
import io.nodejoin.workflows.join.NodeJoinWorkflow;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** The outcome of a join that could not tell its own. Pure. */
final class TerminatedOutcome {
    private static final String HOST =
            "Host: not reset: whatever was prepared on it is still there, and its kubelet if it was started"
                    + " (replace the host)";

    private TerminatedOutcome() {}

    /** Has the id that the workflow's own outcome would have had: to tell it twice is recognisable. */
    static Announcement of(Remnant remnant, OpenJoin open, JoinFate.Over ended, List<String> residue, Instant now) {
        List<String> left = new ArrayList<>(residue);
        left.add(HOST);
        List<PhaseTime> phases = new ArrayList<>(
                ended.phases().isEmpty() ? List.of(new PhaseTime(Phase.Requested, open.acceptedAt())) : ended.phases());
        phases.add(new PhaseTime(Phase.Failed, now));
        return new Announcement(
                NodeJoinWorkflow.id(remnant.cluster(), remnant.node()) + "/"
                        + open.run().runId() + "/" + Phase.Failed,
                remnant.cluster(),
                remnant.node().value(),
                now,
                new JoinFailed(
                        remnant.cluster(),
                        remnant.node(),
                        remnant.joinId(),
                        ErrorCode.TERMINATED,
                        ReasonClass.of(ErrorCode.TERMINATED),
                        "the workflow of the join of " + remnant.node() + " " + ended.how()
                                + "; the janitor revoked what it had in the cluster",
                        ErrorCode.TERMINATED.retryableByNewRequest(),
                        true,
                        left,
                        List.of(),
                        phases));
    }
}

package io.nodejoin.service.janitor;

import io.nodejoin.activities.event.OpenJoin;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.Phase;
import io.nodejoin.protocol.join.JoinEvent;
import io.nodejoin.protocol.join.JoinFailed;
import io.nodejoin.protocol.join.JoinSucceeded;
import io.nodejoin.protocol.join.LeaveFailed;
import io.nodejoin.protocol.join.PhaseTime;
import io.nodejoin.protocol.join.ReasonClass;
import io.nodejoin.protocol.join.RetryAfter;
import io.nodejoin.workflows.event.Announcement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** The outcome of a join or a leave that could not tell its own. Pure. */
final class TerminatedOutcome {
    private static final String HOST =
            "Host: not reset: whatever was prepared on it is still there, and its kubelet if it was started"
                    + " (replace the host)";

    private TerminatedOutcome() {}

    /** The failure of what did not succeed, as far as is known. */
    static Announcement of(OpenJoin open, JoinFate.Over ended, List<String> residue, Instant now) {
        List<PhaseTime> phases = phases(open, ended, now);
        return announcement(
                open,
                Phase.Failed,
                now,
                switch (open.way()) {
                    case IN -> join(open, ended, residue, phases);
                    case OUT -> leave(open, ended, residue, phases);
                });
    }

    /** The success of a join that had reached it. A join that found its node joined before has not waited for it. */
    static Announcement success(OpenJoin open, JoinFate.Over ended, String nodeUid, Instant now) {
        return announcement(
                open,
                Phase.Joined,
                now,
                new JoinSucceeded(
                        open.cluster(),
                        open.node(),
                        open.joinId(),
                        nodeUid,
                        ended.phases(),
                        ended.hasReached(Phase.NodeReady) ? null : Boolean.TRUE));
    }

    /** Has the id that the workflow's own outcome would have had: to tell it twice is recognisable. */
    private static Announcement announcement(OpenJoin open, Phase end, Instant now, JoinEvent.Outcome outcome) {
        return new Announcement(open.eventId(end), open.cluster(), open.node().value(), now, outcome);
    }

    private static JoinFailed join(OpenJoin open, JoinFate.Over ended, List<String> residue, List<PhaseTime> phases) {
        List<String> left = new ArrayList<>(residue);
        left.add(HOST);
        return new JoinFailed(
                open.cluster(),
                open.node(),
                open.joinId(),
                ErrorCode.TERMINATED,
                ReasonClass.of(ErrorCode.TERMINATED),
                "the workflow of the join of " + open.node() + " " + ended.how()
                        + "; the janitor revoked what it had in the cluster",
                ErrorCode.TERMINATED.retryableByNewRequest(),
                RetryAfter.of(ErrorCode.TERMINATED, open.joinId()),
                true,
                left,
                List.of(),
                phases);
    }

    private static LeaveFailed leave(OpenJoin open, JoinFate.Over ended, List<String> residue, List<PhaseTime> phases) {
        return new LeaveFailed(
                open.cluster(),
                open.node(),
                open.joinId(),
                ErrorCode.TERMINATED,
                "the workflow of the leave of " + open.node() + " " + ended.how()
                        + "; the residue says what it did not finish",
                ErrorCode.TERMINATED.retryableByNewRequest(),
                RetryAfter.of(ErrorCode.TERMINATED, open.joinId()),
                residue,
                phases);
    }

    private static List<PhaseTime> phases(OpenJoin open, JoinFate.Over ended, Instant now) {
        List<PhaseTime> phases = new ArrayList<>(
                ended.phases().isEmpty() ? List.of(new PhaseTime(Phase.Requested, open.acceptedAt())) : ended.phases());
        phases.add(new PhaseTime(Phase.Failed, now));
        return phases;
    }
}

package io.nodejoin.service.collector;

import io.nodejoin.activities.kubernetes.outbox.OpenJoin;
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
import io.nodejoin.workflows.node.NameHold;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The outcome of a join or a leave that could not tell its own. Pure. */
final class TerminatedOutcome {
    private static final String HOST =
            "Host: not reset: whatever was prepared on it is still there, and its kubelet if it was started"
                    + " (replace the host)";

    private TerminatedOutcome() {}

    /**
     * What became of a join's name.
     *
     * @param stays the line that names the Node that stays under it, if one does
     * @param hold that keeps it from others, if one does
     */
    record Name(@Nullable String stays, @Nullable NameHold hold) {
        static final Name FREE = new Name(null, null);

        List<String> residue() {
            return Stream.of(stays, hold == null ? null : hold.residue())
                    .filter(Objects::nonNull)
                    .toList();
        }

        /** When any machine may have it again, if none may have it now. */
        @Nullable Instant lostUntil() {
            return hold == null ? null : hold.lostUntil();
        }
    }

    /** The failure of a join that did not succeed, as far as is known. */
    static Announcement join(OpenJoin open, JoinFate.Over ended, List<String> residue, Name name, Instant now) {
        return announcement(open, Phase.Failed, now, failed(open, ended, residue, name, now));
    }

    /** The failure of a leave that did not end, as far as is known. */
    static Announcement leave(OpenJoin open, JoinFate.Over ended, List<String> residue, Instant now) {
        return announcement(open, Phase.Failed, now, failed(open, ended, residue, now));
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

    private static JoinFailed failed(OpenJoin open, JoinFate.Over ended, List<String> residue, Name name, Instant now) {
        List<String> left = new ArrayList<>(residue);
        left.addAll(name.residue());
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
                retryAfter(open, name, now),
                true,
                left,
                List.of(),
                phases(open, ended, now));
    }

    private static @Nullable Duration retryAfter(OpenJoin open, Name name, Instant now) {
        Instant lostUntil = name.lostUntil();
        return lostUntil == null
                ? RetryAfter.of(ErrorCode.TERMINATED, open.joinId())
                : RetryAfter.until(lostUntil, now);
    }

    private static LeaveFailed failed(OpenJoin open, JoinFate.Over ended, List<String> residue, Instant now) {
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
                phases(open, ended, now));
    }

    private static List<PhaseTime> phases(OpenJoin open, JoinFate.Over ended, Instant now) {
        List<PhaseTime> phases = new ArrayList<>(
                ended.phases().isEmpty() ? List.of(new PhaseTime(Phase.Requested, open.acceptedAt())) : ended.phases());
        phases.add(new PhaseTime(Phase.Failed, now));
        return phases;
    }
}

package io.nodejoin.workflows.join;

import io.nodejoin.protocol.Phase;
import io.nodejoin.protocol.Problem;
import io.nodejoin.protocol.join.JoinEvent;
import io.nodejoin.protocol.join.LeaveAccepted;
import io.nodejoin.protocol.join.LeaveFailed;
import io.nodejoin.protocol.join.LeaveSucceeded;
import io.nodejoin.protocol.join.PhaseTime;
import io.nodejoin.protocol.join.RetryAfter;
import io.nodejoin.workflows.node.NodeRef;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Which event tells the outside of a leave's state. Pure. */
final class LeaveOutcomes {
    private LeaveOutcomes() {}

    /** @param phases the phases reached so far; the last one is the state's own */
    static Optional<JoinEvent.Outcome> of(LeaveRequest request, LeaveState state, List<PhaseTime> phases) {
        NodeRef node = request.node();
        return switch (state) {
            case LeaveState.Requested _ -> Optional.of(accepted(request));
            case LeaveState.Cordoned _, LeaveState.Drained _ -> Optional.empty();
            case LeaveState.Left left ->
                Optional.of(new LeaveSucceeded(
                        node.cluster(), node.node(), request.joinId(), left.residue(), phases, left.nodeUid()));
            case LeaveState.Failed failed -> Optional.of(failed(request, failed.why(), failed.residue(), phases));
        };
    }

    static LeaveAccepted accepted(LeaveRequest request) {
        return new LeaveAccepted(request.node().cluster(), request.node().node(), request.joinId(), request.deadline());
    }

    /** The outcome of a leave that was accepted and has not begun. */
    static LeaveFailed unbegun(LeaveRequest request, Problem why, Instant at) {
        return failed(request, why, List.of(), List.of(new PhaseTime(Phase.Failed, at)));
    }

    private static LeaveFailed failed(LeaveRequest request, Problem why, List<String> residue, List<PhaseTime> phases) {
        return new LeaveFailed(
                request.node().cluster(),
                request.node().node(),
                request.joinId(),
                why.code(),
                why.detail(),
                why.code().retryableByNewRequest(),
                RetryAfter.of(why.code(), request.joinId()),
                residue,
                phases);
    }
}

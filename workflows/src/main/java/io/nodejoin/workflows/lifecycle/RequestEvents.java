package io.nodejoin.workflows.lifecycle;

import io.nodejoin.protocol.Phase;
import io.nodejoin.protocol.Problem;
import io.nodejoin.protocol.event.JoinAccepted;
import io.nodejoin.protocol.event.JoinCancelled;
import io.nodejoin.protocol.event.LeaveAccepted;
import io.nodejoin.protocol.event.LeaveFailed;
import io.nodejoin.protocol.event.LifecycleEvent;
import io.nodejoin.protocol.event.PhaseTime;
import io.nodejoin.protocol.event.RetryAfter;
import java.time.Instant;
import java.util.List;

/** The events of requests, joins and leaves alike, that depend on no state of a workflow. */
public final class RequestEvents {
    private RequestEvents() {}

    /** The event that a request is accepted. */
    public static LifecycleEvent.Outcome accepted(NodeRequest request) {
        return switch (request) {
            case JoinRequest join ->
                new JoinAccepted(join.node().cluster(), join.node().name(), join.joinId(), join.deadline());
            case LeaveRequest leave ->
                new LeaveAccepted(leave.node().cluster(), leave.node().name(), leave.joinId(), leave.deadline());
        };
    }

    /** The outcome of a request that was accepted and has not started. */
    static LifecycleEvent.Outcome cancelledBeforeStart(NodeRequest request, Problem why, Instant at) {
        return switch (request) {
            case JoinRequest join ->
                new JoinCancelled(
                        join.node().cluster(),
                        join.node().name(),
                        join.joinId(),
                        why.detail(),
                        List.of(),
                        List.of(new PhaseTime(Phase.Cancelled, at)),
                        why.code());
            case LeaveRequest leave -> failed(leave, why, List.of(), List.of(new PhaseTime(Phase.Failed, at)));
        };
    }

    /** The outcome of a leave that failed. */
    public static LeaveFailed failed(LeaveRequest request, Problem why, List<String> residue, List<PhaseTime> phases) {
        return new LeaveFailed(
                request.node().cluster(),
                request.node().name(),
                request.joinId(),
                why.code(),
                why.detail(),
                why.code().retryableByNewRequest(),
                RetryAfter.forReason(why.code(), request.joinId()),
                residue,
                phases);
    }
}

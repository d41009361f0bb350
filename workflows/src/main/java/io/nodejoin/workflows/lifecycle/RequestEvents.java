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

/** The events of join and leave requests that depend on no workflow state. */
public final class RequestEvents {
    private RequestEvents() {}

    /** Returns the event of an accepted request. */
    public static LifecycleEvent.Outcome accepted(NodeRequest request) {
        return switch (request) {
            case JoinRequest join ->
                new JoinAccepted(
                        join.node().cluster(), join.node().name(), join.joinId(), join.deadline(), join.pool());
            case LeaveRequest leave ->
                new LeaveAccepted(
                        leave.node().cluster(), leave.node().name(), leave.joinId(), leave.deadline(), leave.pool());
        };
    }

    /** Returns the outcome of a request that was accepted and is cancelled before its start. */
    public static LifecycleEvent.Outcome cancelledBeforeStart(NodeRequest request, Problem why, Instant at) {
        return switch (request) {
            case JoinRequest join ->
                new JoinCancelled(
                        join.node().cluster(),
                        join.node().name(),
                        join.joinId(),
                        why.detail(),
                        List.of(),
                        List.of(new PhaseTime(Phase.Cancelled, at)),
                        why.code(),
                        join.pool());
            case LeaveRequest leave -> failed(leave, why, List.of(), List.of(new PhaseTime(Phase.Failed, at)));
        };
    }

    /** Returns the outcome of a failed leave. */
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
                phases,
                request.pool());
    }
}

package io.nodejoin.workflows.join;

import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.Problem;
import io.nodejoin.protocol.event.JoinCancelled;
import io.nodejoin.protocol.event.JoinFailed;
import io.nodejoin.protocol.event.JoinPhaseChanged;
import io.nodejoin.protocol.event.JoinRequested;
import io.nodejoin.protocol.event.JoinSucceeded;
import io.nodejoin.protocol.event.LifecycleEvent;
import io.nodejoin.protocol.event.PhaseTime;
import io.nodejoin.protocol.event.RetryAfter;
import io.nodejoin.workflows.compensation.CompensationResult;
import io.nodejoin.workflows.lifecycle.JoinRequest;
import io.nodejoin.workflows.lifecycle.RequestEvents;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The event of each state. Pure. */
final class JoinOutcomeEvents {
    private JoinOutcomeEvents() {}

    /** @param phases the phases reached so far; the last one is the state's own */
    static LifecycleEvent.Outcome fromState(JoinRequest request, JoinState state, List<PhaseTime> phases) {
        JoinRequested spec = request.spec();
        return switch (state) {
            case JoinState.Requested _ -> RequestEvents.accepted(request);
            case JoinState.Joined joined ->
                new JoinSucceeded(
                        spec.cluster(),
                        spec.nodeName(),
                        request.joinId(),
                        joined.nodeUid(),
                        phases,
                        joined.alreadyJoined() ? Boolean.TRUE : null,
                        request.pool());
            case JoinState.Failed failed -> failed(request, failed, phases);
            case JoinState.Cancelled cancelled ->
                new JoinCancelled(
                        spec.cluster(),
                        spec.nodeName(),
                        request.joinId(),
                        cancelled.problem().detail(),
                        cancelled.compensation().residue(),
                        phases,
                        cancelled.problem().code(),
                        request.pool());
            case JoinState.Stopping stopping -> fromState(request, stopping.from(), phases);
            case JoinState.Running _, JoinState.Compensating _ ->
                new JoinPhaseChanged(
                        spec.cluster(),
                        spec.nodeName(),
                        request.joinId(),
                        state.phase(),
                        phases.getLast().at(),
                        reason(state));
        };
    }

    /** Returns the outcome of a join that has got no machine. */
    static LifecycleEvent.Outcome withoutMachine(JoinRequest request, Problem why, List<PhaseTime> phases) {
        CompensationResult nothing = new CompensationResult(List.of(), false, null);
        return why.code() == ErrorCode.POOL_EXHAUSTED
                ? failed(request, new JoinState.Failed(why, nothing, List.of(), null), phases)
                : fromState(request, new JoinState.Cancelled(why, nothing), phases);
    }

    private static @Nullable ErrorCode reason(JoinState state) {
        Problem problem = state.problem();
        return problem == null ? null : problem.code();
    }

    private static JoinFailed failed(JoinRequest request, JoinState.Failed failed, List<PhaseTime> phases) {
        Problem why = failed.problem();
        return new JoinFailed(
                request.spec().cluster(),
                request.spec().nodeName(),
                request.joinId(),
                why.code(),
                why.code().reasonClass(),
                why.detail(),
                why.code().retryableByNewRequest(),
                retryAfter(request, failed, phases.getLast().at()),
                shouldReplaceHost(failed),
                failed.compensation().residue(),
                failed.hostLog(),
                phases,
                request.pool());
    }

    private static @Nullable Duration retryAfter(JoinRequest request, JoinState.Failed failed, Instant at) {
        Instant notBefore = failed.retryNotBefore();
        return notBefore == null || !failed.problem().code().retryableByNewRequest()
                ? RetryAfter.forReason(failed.problem().code(), request.joinId())
                : RetryAfter.until(notBefore, at);
    }

    /** Returns whether the host should be replaced: it failed, was unreachable or may have residue. */
    private static boolean shouldReplaceHost(JoinState.Failed failed) {
        return switch (failed.problem().code().reasonClass()) {
            case HOST_PREFLIGHT, HOST_STEP, NETWORK, IDENTITY -> true;
            case CAPACITY, CONTROL_PLANE, TIMEOUT, CANCELLED, REQUEST ->
                failed.compensation().hostMayBeDirty();
        };
    }
}

package io.nodejoin.workflows.join;

import io.nodejoin.protocol.Phase;
import io.nodejoin.protocol.Problem;
import io.nodejoin.protocol.join.JoinAccepted;
import io.nodejoin.protocol.join.JoinCancelled;
import io.nodejoin.protocol.join.JoinEvent;
import io.nodejoin.protocol.join.JoinFailed;
import io.nodejoin.protocol.join.JoinPhaseChanged;
import io.nodejoin.protocol.join.JoinRequested;
import io.nodejoin.protocol.join.JoinSucceeded;
import io.nodejoin.protocol.join.PhaseTime;
import io.nodejoin.protocol.join.ReasonClass;
import io.nodejoin.protocol.join.RetryAfter;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Which event tells the outside of a state. Pure. */
final class JoinOutcomes {
    private JoinOutcomes() {}

    /** @param phases the phases reached so far; the last one is the state's own */
    static JoinEvent.Outcome of(JoinRequest request, JoinState state, List<PhaseTime> phases) {
        JoinRequested wanted = request.wanted();
        return switch (state) {
            case JoinState.Requested _ ->
                new JoinAccepted(wanted.cluster(), wanted.nodeName(), request.joinId(), request.deadline());
            case JoinState.Joined joined ->
                new JoinSucceeded(
                        wanted.cluster(),
                        wanted.nodeName(),
                        request.joinId(),
                        joined.nodeUid(),
                        phases,
                        joined.before() ? Boolean.TRUE : null);
            case JoinState.Failed failed -> failed(request, failed, phases);
            case JoinState.Cancelled cancelled ->
                new JoinCancelled(
                        wanted.cluster(),
                        wanted.nodeName(),
                        request.joinId(),
                        cancelled.why().detail(),
                        cancelled.residue(),
                        phases,
                        cancelled.why().code());
            case JoinState.Active _, JoinState.Compensating _ ->
                new JoinPhaseChanged(
                        wanted.cluster(),
                        wanted.nodeName(),
                        request.joinId(),
                        state.phase(),
                        phases.getLast().at(),
                        state instanceof JoinState.Compensating compensating
                                ? compensating.why().code()
                                : null);
        };
    }

    /** The event that tells of a request that is to follow the one that runs. */
    static JoinEvent.Outcome accepted(NodeRequest next) {
        return switch (next) {
            case JoinRequest join ->
                new JoinAccepted(join.node().cluster(), join.node().node(), join.joinId(), join.deadline());
            case LeaveRequest leave -> LeaveOutcomes.accepted(leave);
        };
    }

    /** The outcome of a request that was accepted and has not begun. */
    static JoinEvent.Outcome unbegun(NodeRequest request, Problem why, Instant at) {
        return switch (request) {
            case JoinRequest join ->
                new JoinCancelled(
                        join.node().cluster(),
                        join.node().node(),
                        join.joinId(),
                        why.detail(),
                        List.of(),
                        List.of(new PhaseTime(Phase.Cancelled, at)),
                        why.code());
            case LeaveRequest leave -> LeaveOutcomes.unbegun(leave, why, at);
        };
    }

    private static JoinFailed failed(JoinRequest request, JoinState.Failed failed, List<PhaseTime> phases) {
        Problem why = failed.why();
        return new JoinFailed(
                request.wanted().cluster(),
                request.wanted().nodeName(),
                request.joinId(),
                why.code(),
                ReasonClass.of(why.code()),
                why.detail(),
                why.code().retryableByNewRequest(),
                retryAfter(request, failed, phases.getLast().at()),
                replaceHost(failed),
                failed.aftermath().residue(),
                failed.hostLog(),
                phases);
    }

    private static @Nullable Duration retryAfter(JoinRequest request, JoinState.Failed failed, Instant at) {
        Instant notBefore = failed.notBefore();
        return notBefore == null || !failed.why().code().retryableByNewRequest()
                ? RetryAfter.of(failed.why().code(), request.joinId())
                : RetryAfter.until(notBefore, at);
    }

    /** A host that failed, hid or may not be clean is cheaper to replace than to trust again. */
    private static boolean replaceHost(JoinState.Failed failed) {
        return switch (ReasonClass.of(failed.why().code())) {
            case HOST_PREFLIGHT, HOST_STEP, NETWORK, IDENTITY -> true;
            case CAPACITY, CONTROL_PLANE, TIMEOUT, CANCELLED, REQUEST ->
                failed.aftermath().hostInDoubt();
        };
    }
}

package io.nodejoin.workflows.join;

import io.nodejoin.protocol.Problem;
import io.nodejoin.protocol.join.JoinAccepted;
import io.nodejoin.protocol.join.JoinCancelled;
import io.nodejoin.protocol.join.JoinEvent;
import io.nodejoin.protocol.join.JoinFailed;
import io.nodejoin.protocol.join.JoinPhaseChanged;
import io.nodejoin.protocol.join.JoinRejected;
import io.nodejoin.protocol.join.JoinRequested;
import io.nodejoin.protocol.join.JoinSucceeded;
import io.nodejoin.protocol.join.PhaseTime;
import io.nodejoin.protocol.join.ReasonClass;
import java.util.List;

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
                        phases);
            case JoinState.Rejected rejected ->
                new JoinRejected(
                        wanted.cluster().value(),
                        wanted.nodeName().value(),
                        null,
                        rejected.why().code(),
                        "/deadline",
                        rejected.why().detail());
            case JoinState.Active _, JoinState.Compensating _ ->
                new JoinPhaseChanged(
                        wanted.cluster(),
                        wanted.nodeName(),
                        request.joinId(),
                        state.phase(),
                        phases.getLast().at());
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
                replaceHost(failed),
                failed.residue(),
                failed.hostLog(),
                phases);
    }

    /** A host that failed, hid or may not be clean is cheaper to replace than to trust again. */
    private static boolean replaceHost(JoinState.Failed failed) {
        return switch (ReasonClass.of(failed.why().code())) {
            case HOST_PREFLIGHT, HOST_STEP, NETWORK, IDENTITY -> true;
            case CAPACITY, CONTROL_PLANE, TIMEOUT, CANCELLED, REQUEST ->
                !failed.residue().isEmpty();
        };
    }
}

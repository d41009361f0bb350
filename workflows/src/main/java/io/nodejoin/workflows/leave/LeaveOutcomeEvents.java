package io.nodejoin.workflows.leave;

import io.nodejoin.protocol.event.LeaveSucceeded;
import io.nodejoin.protocol.event.LifecycleEvent;
import io.nodejoin.protocol.event.PhaseTime;
import io.nodejoin.workflows.lifecycle.LeaveRequest;
import io.nodejoin.workflows.lifecycle.RequestEvents;
import io.nodejoin.workflows.node.NodeRef;
import java.util.List;
import java.util.Optional;

/** The event of each state of a leave. Pure. */
final class LeaveOutcomeEvents {
    private LeaveOutcomeEvents() {}

    /** @param phases the phases reached so far; the last one is the state's own */
    static Optional<LifecycleEvent.Outcome> fromState(LeaveRequest request, LeaveState state, List<PhaseTime> phases) {
        NodeRef node = request.node();
        return switch (state) {
            case LeaveState.Requested _ -> Optional.of(RequestEvents.accepted(request));
            case LeaveState.Stopping stopping -> fromState(request, stopping.from(), phases);
            case LeaveState.Cordoned _, LeaveState.Drained _ -> Optional.empty();
            case LeaveState.Left left ->
                Optional.of(new LeaveSucceeded(
                        node.cluster(),
                        node.name(),
                        request.joinId(),
                        left.residue(),
                        phases,
                        left.nodeUid(),
                        request.pool()));
            case LeaveState.Failed failed ->
                Optional.of(RequestEvents.failed(request, failed.problem(), failed.residue(), phases));
        };
    }
}

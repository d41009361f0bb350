package io.nodejoin.workflows.join;

import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.Problem;
import io.nodejoin.workflows.node.NodeOwner;
import io.temporal.failure.TemporalFailure;
import io.temporal.workflow.CancellationScope;
import io.temporal.workflow.Workflow;
import io.temporal.workflow.WorkflowInit;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The durable leave: in which order its steps run, and until when the node can still stay. */
public final class NodeLeaveWorkflowImpl implements NodeLeaveWorkflow {
    private final LeaveRequest request;
    private final HostDialogue host;
    private final LeaveSteps steps;
    private final JoinDiary diary;
    private final Handover handover;
    private final CancellationScope descent;
    private LeaveState state = new LeaveState.Requested();
    private @Nullable Problem problem;

    @WorkflowInit
    public NodeLeaveWorkflowImpl(LeaveRequest request) {
        this.request = request;
        host = new HostDialogue(Addressee.of(request));
        steps = new LeaveSteps(request, host);
        diary = new JoinDiary(request);
        handover = new Handover(
                request, diary, new Handover.Running(() -> state.phase(), this::mayBeGivenUp, this::giveUp));
        descent = Workflow.newCancellationScope(() -> descend());
    }

    @Override
    public JoinEnd leave(LeaveRequest wanted) {
        diary.open();
        LeaveState.Ended end = run();
        diary.awaitTold();
        handover.makeWay();
        return end.end();
    }

    private LeaveState.Ended run() {
        try {
            descent.run();
            if (state instanceof LeaveState.Drained drained) {
                Workflow.newDetachedCancellationScope(() -> enter(drained.left(steps.depart(drained))))
                        .run();
            }
        } catch (TemporalFailure failure) {
            giveUp(JoinStop.problemOf(failure, descent));
            Workflow.newDetachedCancellationScope(this::stay).run();
        }
        return (LeaveState.Ended) state;
    }

    /** The runbook, as far as the node can still stay. */
    private void descend() {
        LeaveState.Requested requested = enter(new LeaveState.Requested());
        switch (steps.owner()) {
            case NodeOwner.Nobody _ -> reach(requested.absent());
            case NodeOwner.Foreign foreign ->
                throw JoinStop.because(
                        ErrorCode.NODE_NOT_OURS,
                        "no join is known that made the Node " + request.node().node() + " with UID " + foreign.uid());
            case NodeOwner.Ours ours -> {
                steps.cordon(ours);
                LeaveState.Cordoned cordoned = reach(requested.cordoned(ours.node()));
                reach(cordoned.drained(steps.drain(ours.node())));
            }
        }
    }

    private void stay() {
        LeaveState.Reversible staying = (LeaveState.Reversible) state;
        enter(staying.abandoned(Objects.requireNonNull(problem), steps.uncordon()));
    }

    private void giveUp(Problem why) {
        if (mayBeGivenUp()) {
            problem = why;
            descent.cancel(why.code().name());
        }
    }

    private boolean mayBeGivenUp() {
        return problem == null && state instanceof LeaveState.Reversible;
    }

    /** A step that ended in the same moment as the leave was given up does not count any more. */
    private <S extends LeaveState> S reach(S next) {
        if (problem != null) {
            throw JoinStop.because(problem);
        }
        CancellationScope.throwCanceled();
        return enter(next);
    }

    private <S extends LeaveState> S enter(S next) {
        state = next;
        diary.record(next.phase(), next.waitingFor(), problem, phases -> LeaveOutcomes.of(request, next, phases));
        return next;
    }

    @Override
    public EnrollmentBinding enroll(EnrollmentProof proof) {
        Workflow.await(() -> steps.enrollment().isPresent() || state instanceof LeaveState.Ended);
        return steps.enrollment()
                .filter(enrollment -> enrollment.accepts(proof, true))
                .map(enrollment -> enrollment.bind(proof))
                .orElseThrow(() -> JoinStop.because(Enrollment.REFUSED));
    }

    @Override
    public void mayEnroll(EnrollmentProof proof) {
        boolean wrong =
                steps.enrollment().filter(known -> !known.accepts(proof, true)).isPresent();
        if (wrong || state instanceof LeaveState.Ended) {
            throw JoinStop.because(Enrollment.REFUSED);
        }
    }

    @Override
    public void agentConnected(AgentConnection connection) {
        host.connected(connection);
    }

    @Override
    public void hostReported(HostReport report) {
        host.reported(report);
    }

    @Override
    public AbortAnswer abort(AbortRequest abort) {
        return handover.abort(abort);
    }

    @Override
    public void mayAbort(AbortRequest abort) {
        handover.mayAbort(abort);
    }

    @Override
    public void cancelled(AbortRequest abort) {
        handover.cancelled(abort);
    }

    @Override
    public void superseded(NodeRequest newer) {
        handover.superseded(newer);
    }

    @Override
    public JoinProgress progress() {
        return diary.progress(state.phase(), state.waitingFor(), problem);
    }
}

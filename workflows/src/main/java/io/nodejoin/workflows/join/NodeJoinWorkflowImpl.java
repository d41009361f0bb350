package io.nodejoin.workflows.join;

import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.Problem;
import io.nodejoin.protocol.agent.Assignment;
import io.nodejoin.protocol.agent.HostFacts;
import io.nodejoin.protocol.agent.HostResult;
import io.nodejoin.workflows.certificate.CertificateDecision;
import io.nodejoin.workflows.clusterinfo.ClusterTrust;
import io.nodejoin.workflows.node.NameState;
import io.nodejoin.workflows.token.TokenRef;
import io.temporal.failure.TemporalFailure;
import io.temporal.workflow.Async;
import io.temporal.workflow.CancellationScope;
import io.temporal.workflow.Functions;
import io.temporal.workflow.Promise;
import io.temporal.workflow.Workflow;
import io.temporal.workflow.WorkflowInit;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The durable join: in which order and beside what the steps run, and what ends them. */
public final class NodeJoinWorkflowImpl implements NodeJoinWorkflow {
    private static final int FIRST_ATTEMPT = 1;

    private final JoinPlan plan;
    private final Enrollment enrollment;
    private final HostDialogue host;
    private final Compensation compensation;
    private final JoinSteps steps;
    private final JoinDiary diary;
    private final Succession succession;
    private final CancellationScope climb;
    private final List<Promise<?>> beside = new ArrayList<>();
    private JoinState state = new JoinState.Requested();
    private @Nullable Problem problem;

    @WorkflowInit
    public NodeJoinWorkflowImpl(JoinRequest request) {
        plan = new JoinPlan(request, FIRST_ATTEMPT);
        enrollment = new Enrollment(request);
        host = new HostDialogue(plan.addressee());
        compensation = new Compensation(plan, host);
        steps = new JoinSteps(plan, enrollment, host, compensation);
        diary = new JoinDiary(request);
        succession = new Succession(request);
        climb = Workflow.newCancellationScope(() -> climb());
    }

    @Override
    public JoinEnd join(JoinRequest request) {
        diary.open();
        JoinState.Ended end = request.deadline().isAfter(WorkflowTime.now())
                ? run()
                : enter(new JoinState.Requested().rejected(plan.expired()));
        diary.awaitTold();
        NodeRuns.makeWay(succession, diary);
        return end.end();
    }

    private JoinState.Ended run() {
        try {
            climb.run();
        } catch (TemporalFailure failure) {
            giveUp(JoinStop.problemOf(failure, climb));
            Workflow.newDetachedCancellationScope(this::takeBack).run();
        }
        return (JoinState.Ended) state;
    }

    /** The runbook. */
    private void climb() {
        JoinState.Requested requested = enter(new JoinState.Requested());
        steps.deadline().handle((_, cancelled) -> cancelled == null && giveUp(plan.deadlineExceeded(state)));
        Promise<ClusterTrust> trust = beside(steps::trust);
        Promise<NameState> name = beside(steps::name);
        Optional<NameState.Own> own = steps.own(name.get());
        if (own.isPresent()) {
            trust.get();
            reach(requested.alreadyJoined(own.get().uid()));
            return;
        }
        JoinState.AgentConnected connected = reach(requested.agentConnected(steps.agent()));
        HostFacts facts = steps.preflight(trust.get(), name.get());
        Promise<TokenRef> token = beside(steps::reserve);
        steps.prepareHost();
        steps.replace(name.get(), facts);
        JoinState.HostPrepared prepared = reach(connected.hostPrepared(trust.get(), facts));
        startKubelet(reach(steps.issue(token.get(), prepared)));
    }

    private void startKubelet(JoinState.TokenIssued issued) {
        Assignment start = steps.kubeletStart(issued);
        Promise<HostResult.KubeletBootstrapped> kubelet = beside(() -> steps.startKubelet(start));
        Promise<CertificateDecision.Issued> certificate = beside(() -> steps.certificate(issued));
        steps.kubeletActive(start, certificate);
        JoinState.KubeletStarted started = reach(issued.kubeletStarted());
        JoinState.CertificateIssued holder = reach(started.certificateIssued(certificate.get()));
        String uid = steps.registered(holder);
        Promise<TokenRef> burnt = beside(() -> steps.burn(issued, kubelet));
        Promise<Boolean> served = beside(() -> steps.serve(uid));
        JoinState.NodeReady ready = reach(holder.nodeReady(steps.ready(holder, uid)));
        Promise<Boolean> remembered = beside(() -> steps.remember(holder, uid));
        burnt.get();
        served.get();
        remembered.get();
        steps.sameKey(kubelet, holder.certificate());
        reach(ready.burnt());
    }

    /** Waits first for effects that are still on their way, so that they are not undone before they happen. */
    private void takeBack() {
        WorkflowTime.await(
                "Wait for steps on their way",
                JoinOptions.HEAD_START,
                () -> beside.stream().allMatch(Promise::isCompleted));
        JoinState.Active left = (JoinState.Active) state;
        JoinState.Compensating compensating = enter(left.abandoned(Objects.requireNonNull(problem)));
        List<String> residue = compensation.run();
        enter(compensating.ended(residue, host.log(), steps.nameHeldUntil()));
    }

    /** Runs a step beside the others; if it fails, the join is given up at once. */
    private <T> Promise<T> beside(Functions.Func<T> step) {
        Promise<T> promise = Async.function(step);
        promise.handle((_, failure) -> failure != null && giveUp(JoinStop.problemOf(failure, climb)));
        beside.add(promise);
        return promise;
    }

    /** The first problem is the join's; those that follow come of it. */
    private boolean giveUp(Problem why) {
        boolean first = mayBeGivenUp();
        if (first) {
            problem = why;
            climb.cancel(why.code().name());
        }
        return first;
    }

    private boolean mayBeGivenUp() {
        return problem == null && state instanceof JoinState.Active;
    }

    /** A step that ended in the same moment as the join was given up does not count any more. */
    private <S extends JoinState> S reach(S next) {
        if (problem != null) {
            throw JoinStop.because(problem);
        }
        CancellationScope.throwCanceled();
        return enter(next);
    }

    private <S extends JoinState> S enter(S next) {
        state = next;
        diary.record(
                next.phase(),
                next.waitingFor(),
                problem,
                phases -> Optional.of(JoinOutcomes.of(plan.request(), next, phases)));
        return next;
    }

    @Override
    public EnrollmentBinding enroll(EnrollmentProof proof) {
        mayEnroll(proof);
        return enrollment.bind(proof);
    }

    @Override
    public void mayEnroll(EnrollmentProof proof) {
        if (!enrollment.accepts(proof, mayBeGivenUp())) {
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
    public AbortAnswer abort(AbortRequest request) {
        giveUp(plan.cancelled(request));
        return new AbortAnswer(plan.request().joinId());
    }

    @Override
    public void mayAbort(AbortRequest request) {
        if (!mayBeGivenUp()) {
            throw JoinStop.because(
                    ErrorCode.COMMAND_STALE, "the join of " + plan.nodeName() + " is already " + state.phase());
        }
    }

    @Override
    public void superseded(NodeRequest newer) {
        switch (succession.offer(newer)) {
            case Succession.Place.Known _ -> {}
            case Succession.Place.Next(Optional<NodeRequest> displaced) -> {
                diary.accepted(newer);
                displaced.ifPresent(older -> diary.unbegun(older, Succession.superseded(newer)));
                giveUp(Succession.superseded(newer));
            }
            case Succession.Place.Late _ ->
                diary.unbegun(newer, Succession.superseded(succession.next().orElse(plan.request())));
        }
    }

    @Override
    public JoinProgress progress() {
        return diary.progress(state.phase(), state.waitingFor(), problem);
    }
}

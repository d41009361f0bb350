package io.nodejoin.workflows.join;

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
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The durable join: in which order and beside what the steps run, and what ends them. */
public final class NodeJoinWorkflowImpl implements NodeJoinWorkflow {
    private final JoinRequest request;
    private final Enrollment enrollment;
    private final HostDialogue host;
    private final JoinDiary diary;
    private final Handover handover;
    private Attempt attempt;
    private JoinState state = new JoinState.Requested();
    private @Nullable Problem problem;
    private boolean unwanted;

    @WorkflowInit
    public NodeJoinWorkflowImpl(JoinRequest request) {
        this.request = request;
        enrollment = new Enrollment(request);
        JoinPlan plan = new JoinPlan(request, 1);
        host = new HostDialogue(plan.addressee());
        diary = new JoinDiary(request);
        handover = new Handover(
                request, diary, new Handover.Running(() -> state.phase(), this::mayBeGivenUp, this::giveUp));
        attempt = newAttempt(plan);
    }

    /**
     * One token, and all that is done for it and with it.
     *
     * @param beside steps that run beside the runbook
     */
    private record Attempt(
            JoinPlan plan,
            JoinSteps steps,
            Compensation compensation,
            CancellationScope climb,
            List<Promise<?>> beside) {}

    private Attempt newAttempt(JoinPlan plan) {
        Compensation compensation = new Compensation(plan, host);
        return new Attempt(
                plan,
                new JoinSteps(plan, enrollment, host, compensation),
                compensation,
                Workflow.newCancellationScope(() -> climb()),
                new ArrayList<>());
    }

    @Override
    public JoinEnd join(JoinRequest request) {
        diary.open();
        JoinState.Ended end = run();
        diary.awaitTold();
        handover.makeWay();
        return end.end();
    }

    private JoinState.Ended run() {
        enter(state);
        tryOnce();
        while (state instanceof JoinState.AgentConnected) {
            JoinPlan next = new JoinPlan(request, attempt.plan().attempt() + 1);
            host.turnTo(next.addressee());
            attempt = newAttempt(next);
            tryOnce();
        }
        return (JoinState.Ended) state;
    }

    private void tryOnce() {
        CancellationScope whole = CancellationScope.current();
        try {
            attempt.climb().run();
        } catch (TemporalFailure failure) {
            stumble(attempt, JoinStop.problemOf(failure, attempt.climb()));
            Workflow.newDetachedCancellationScope(() -> takeBack(whole)).run();
        }
    }

    /** The runbook. */
    private void climb() {
        Attempt now = attempt;
        now.steps()
                .deadline()
                .handle((_, cancelled) ->
                        cancelled == null && stumble(now, now.plan().deadlineExceeded(state)));
        if (state instanceof JoinState.AgentConnected again) {
            now.steps().pause();
            prepare(again, beside(now.steps()::trust), beside(now.steps()::name));
        } else {
            begin(new JoinState.Requested());
        }
    }

    private void begin(JoinState.Requested requested) {
        JoinSteps steps = attempt.steps();
        Promise<ClusterTrust> trust = beside(steps::trust);
        Promise<NameState> name = beside(steps::name);
        Optional<NameState.Own> own = steps.own(name.get());
        if (own.isPresent()) {
            trust.get();
            reach(requested.alreadyJoined(own.get().uid()));
            return;
        }
        prepare(reach(requested.agentConnected(steps.agent())), trust, name);
    }

    private void prepare(JoinState.AgentConnected connected, Promise<ClusterTrust> trust, Promise<NameState> name) {
        JoinSteps steps = attempt.steps();
        HostFacts facts = steps.preflight(trust.get(), name.get());
        Promise<TokenRef> token = beside(() -> steps.reserve(facts));
        steps.prepareHost();
        steps.replace(name.get(), facts);
        JoinState.HostPrepared prepared = reach(connected.hostPrepared(trust.get(), facts));
        startKubelet(reach(steps.issue(token.get(), prepared)));
    }

    private void startKubelet(JoinState.TokenIssued issued) {
        JoinSteps steps = attempt.steps();
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

    /**
     * Waits first for effects that are still on their way, so that they are not undone before they happen. What could not be taken
     * back, and whoever wants the join to end meanwhile, leaves it without another attempt.
     *
     * @param whole is cancelled if Temporal's own cancelling has come
     */
    private void takeBack(CancellationScope whole) {
        WorkflowTime.await(
                "Wait for steps on their way",
                JoinOptions.HEAD_START,
                () -> attempt.beside().stream().allMatch(Promise::isCompleted));
        JoinState.Active left = (JoinState.Active) state;
        JoinState.Compensating compensating = enter(left.abandoned(Objects.requireNonNull(problem)));
        Aftermath aftermath = attempt.compensation().run();
        if (whole.isCancelRequested()) {
            giveUp(JoinStop.CANCELLED);
        }
        if (aftermath.residue().isEmpty() && allowsAnotherAttempt()) {
            problem = null;
            enter(compensating.again(enrollment.publicKey().orElseThrow()));
        } else {
            Instant held = attempt.steps().nameHeldUntil();
            enter(left.abandoned(problem)
                    .ended(aftermath, host.log(), held == null ? aftermath.nameLostUntil() : held));
        }
    }

    /** An attempt begins with its first trace; until then each step has had tries of its own. */
    private boolean allowsAnotherAttempt() {
        return !unwanted
                && problem != null
                && attempt.compensation().isDue()
                && attempt.plan().allowsAnotherAttempt(problem, WorkflowTime.now());
    }

    /** Runs a step beside the others; if it fails, the attempt is taken back at once. */
    private <T> Promise<T> beside(Functions.Func<T> step) {
        Attempt now = attempt;
        Promise<T> promise = Async.function(step);
        promise.handle((_, failure) -> failure != null && stumble(now, JoinStop.problemOf(failure, now.climb())));
        now.beside().add(promise);
        return promise;
    }

    /** The first problem is the attempt's; those that follow come of it. */
    private boolean stumble(Attempt over, Problem why) {
        boolean first = over.equals(attempt) && problem == null && state instanceof JoinState.Active;
        if (first) {
            problem = why;
            over.climb().cancel(why.code().name());
        }
        return first;
    }

    /** Somebody wants the join to end, in whichever attempt. */
    private void giveUp(Problem why) {
        if (mayBeGivenUp()) {
            unwanted = true;
            if (!stumble(attempt, why)) {
                problem = why;
            }
        }
    }

    private boolean mayBeGivenUp() {
        boolean underWay = problem == null && state instanceof JoinState.Active;
        return underWay || allowsAnotherAttempt();
    }

    /** A step that ended in the same moment as the attempt was given up does not count any more. */
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
                phases -> Optional.of(JoinOutcomes.of(request, next, phases)));
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

package io.nodejoin.workflows.join;

import io.nodejoin.protocol.Problem;
import io.nodejoin.protocol.agent.Assignment;
import io.nodejoin.protocol.agent.HostFacts;
import io.nodejoin.protocol.agent.HostResult;
import io.nodejoin.workflows.clusterinfo.DiscoveryInfo;
import io.nodejoin.workflows.compensation.Compensation;
import io.nodejoin.workflows.compensation.CompensationResult;
import io.nodejoin.workflows.csr.CertificateResult;
import io.nodejoin.workflows.failure.JoinFailures;
import io.nodejoin.workflows.hostcommand.AgentConnection;
import io.nodejoin.workflows.hostcommand.HostCommandClient;
import io.nodejoin.workflows.hostcommand.MilestoneReport;
import io.nodejoin.workflows.lifecycle.AbortRequest;
import io.nodejoin.workflows.lifecycle.AbortResponse;
import io.nodejoin.workflows.lifecycle.Enrollment;
import io.nodejoin.workflows.lifecycle.EnrollmentBinding;
import io.nodejoin.workflows.lifecycle.EnrollmentProof;
import io.nodejoin.workflows.lifecycle.JoinProgress;
import io.nodejoin.workflows.lifecycle.JoinReporter;
import io.nodejoin.workflows.lifecycle.JoinRequest;
import io.nodejoin.workflows.lifecycle.JoinResult;
import io.nodejoin.workflows.lifecycle.NodeJoinWorkflow;
import io.nodejoin.workflows.lifecycle.NodeRequest;
import io.nodejoin.workflows.lifecycle.NodeWorkflowHandlers;
import io.nodejoin.workflows.node.NameAvailability;
import io.nodejoin.workflows.temporal.StepOptions;
import io.nodejoin.workflows.temporal.WorkflowTime;
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
    private final HostCommandClient host;
    private final JoinReporter reporter;
    private final NodeWorkflowHandlers handlers;
    private Attempt attempt;
    private JoinState state = new JoinState.Requested();
    private @Nullable Problem problem;
    private boolean abortRequested;

    @WorkflowInit
    public NodeJoinWorkflowImpl(JoinRequest request) {
        this.request = request;
        enrollment = new Enrollment(request);
        JoinPlan plan = new JoinPlan(request, 1);
        host = new HostCommandClient(plan.commandTarget());
        reporter = new JoinReporter(request);
        handlers = new NodeWorkflowHandlers(
                request,
                reporter,
                new NodeWorkflowHandlers.RunningRequest(() -> state.phase(), this::isAbortable, this::abort));
        attempt = newAttempt(plan);
    }

    /**
     * One token, and all that is done for it and with it.
     *
     * @param asyncSteps steps that run beside the runbook
     */
    private record Attempt(
            JoinPlan plan,
            JoinSteps steps,
            Compensation compensation,
            CancellationScope scope,
            List<Promise<?>> asyncSteps) {}

    private Attempt newAttempt(JoinPlan plan) {
        Compensation compensation = new Compensation(request.node(), host);
        return new Attempt(
                plan,
                new JoinSteps(plan, enrollment, host, compensation),
                compensation,
                Workflow.newCancellationScope(() -> runAttemptSteps()),
                new ArrayList<>());
    }

    @Override
    public JoinResult join(JoinRequest request) {
        reporter.startPublishing();
        JoinState.Ended end = run();
        reporter.awaitPublished();
        handlers.continueWithNext();
        return end.result();
    }

    private JoinState.Ended run() {
        applyState(state);
        runAttempt();
        while (state instanceof JoinState.AgentConnected) {
            JoinPlan next = new JoinPlan(request, attempt.plan().attempt() + 1);
            host.setTarget(next.commandTarget());
            attempt = newAttempt(next);
            runAttempt();
        }
        return (JoinState.Ended) state;
    }

    private void runAttempt() {
        CancellationScope workflowScope = CancellationScope.current();
        try {
            attempt.scope().run();
        } catch (TemporalFailure failure) {
            failAttempt(attempt, JoinFailures.problemOf(failure, attempt.scope()));
            Workflow.newDetachedCancellationScope(() -> compensate(workflowScope))
                    .run();
        }
    }

    /** The runbook. */
    private void runAttemptSteps() {
        Attempt current = attempt;
        current.steps()
                .startDeadlineTimer()
                .handle((_, cancelled) ->
                        cancelled == null && failAttempt(current, current.plan().deadlineExceeded(state)));
        if (state instanceof JoinState.AgentConnected again) {
            current.steps().pauseBeforeAttempt();
            prepareHostAndToken(
                    again, startAsync(current.steps()::ensureClusterInfo), startAsync(current.steps()::checkName));
        } else {
            startFirstAttempt(new JoinState.Requested());
        }
    }

    private void startFirstAttempt(JoinState.Requested requested) {
        JoinSteps steps = attempt.steps();
        Promise<DiscoveryInfo> discovery = startAsync(steps::ensureClusterInfo);
        Promise<NameAvailability> availability = startAsync(steps::checkName);
        Optional<NameAvailability.AlreadyJoined> alreadyJoined = steps.findAlreadyJoined(availability.get());
        if (alreadyJoined.isPresent()) {
            discovery.get();
            transitionTo(requested.alreadyJoined(alreadyJoined.get().uid()));
            return;
        }
        prepareHostAndToken(transitionTo(requested.agentConnected(steps.awaitAgent())), discovery, availability);
    }

    private void prepareHostAndToken(
            JoinState.AgentConnected connected,
            Promise<DiscoveryInfo> discovery,
            Promise<NameAvailability> availability) {
        JoinSteps steps = attempt.steps();
        HostFacts facts = steps.runPreflight(discovery.get(), availability.get());
        Promise<TokenRef> token = startAsync(() -> steps.reserveToken(facts));
        steps.prepareHost();
        steps.freeName(availability.get(), facts);
        JoinState.HostPrepared prepared = transitionTo(connected.hostPrepared(discovery.get(), facts));
        startKubelet(transitionTo(steps.issueToken(token.get(), prepared)));
    }

    private void startKubelet(JoinState.TokenIssued issued) {
        JoinSteps steps = attempt.steps();
        Assignment start = steps.startKubeletCommand(issued);
        Promise<HostResult.KubeletBootstrapped> kubelet = startAsync(() -> steps.startKubelet(start));
        Promise<CertificateResult.Issued> certificate = startAsync(() -> steps.awaitCertificate(issued));
        steps.awaitKubeletActive(start, certificate);
        JoinState.KubeletStarted started = transitionTo(issued.kubeletStarted());
        JoinState.CertificateIssued certified = transitionTo(started.certificateIssued(certificate.get()));
        String uid = steps.awaitRegistered(certified);
        Promise<TokenRef> revoked = startAsync(() -> steps.revokeToken(issued, kubelet));
        Promise<Boolean> serving = startAsync(() -> steps.awaitServingCertificate(uid));
        JoinState.NodeReady ready = transitionTo(certified.nodeReady(steps.awaitReady(certified, uid)));
        Promise<Boolean> recorded = startAsync(() -> steps.recordJoinedNode(certified, uid));
        revoked.get();
        serving.get();
        recorded.get();
        steps.requireSameKey(kubelet, certified.certificate());
        transitionTo(ready.joined());
    }

    /**
     * Waits first for effects that are still on their way, so that they are not undone before they happen. What could not be taken
     * back, and whoever wants the join to end meanwhile, leaves it without another attempt.
     *
     * @param workflowScope is cancelled if Temporal's own cancelling has come
     */
    private void compensate(CancellationScope workflowScope) {
        WorkflowTime.await(
                "Wait for steps on their way",
                StepOptions.COMPENSATION_HEAD_START,
                () -> attempt.asyncSteps().stream().allMatch(Promise::isCompleted));
        JoinState.Active active = (JoinState.Active) state;
        JoinState.Compensating compensating = applyState(active.compensating(Objects.requireNonNull(problem)));
        CompensationResult result = attempt.compensation().compensate();
        if (workflowScope.isCancelRequested()) {
            abort(JoinFailures.WORKFLOW_CANCELLED);
        }
        if (result.residue().isEmpty() && allowsAnotherAttempt()) {
            problem = null;
            applyState(compensating.nextAttempt(enrollment.publicKey().orElseThrow()));
        } else {
            Instant quarantinedUntil = attempt.steps().nameQuarantinedUntil();
            applyState(active.compensating(problem)
                    .ended(
                            result,
                            host.lastFailureLog(),
                            quarantinedUntil == null ? result.nameBlockedUntil() : quarantinedUntil));
        }
    }

    /** An attempt begins with its first trace; until then each step has had tries of its own. */
    private boolean allowsAnotherAttempt() {
        return !abortRequested
                && problem != null
                && attempt.compensation().hasActions()
                && attempt.plan().allowsAnotherAttempt(problem, WorkflowTime.now());
    }

    /** Runs a step beside the others; if it fails, the attempt is taken back at once. */
    private <T> Promise<T> startAsync(Functions.Func<T> step) {
        Attempt current = attempt;
        Promise<T> promise = Async.function(step);
        promise.handle((_, failure) ->
                failure != null && failAttempt(current, JoinFailures.problemOf(failure, current.scope())));
        current.asyncSteps().add(promise);
        return promise;
    }

    /** The first problem is the attempt's; those that follow come of it. */
    private boolean failAttempt(Attempt failed, Problem why) {
        boolean first = failed.equals(attempt) && problem == null && state instanceof JoinState.Active;
        if (first) {
            problem = why;
            failed.scope().cancel(why.code().name());
        }
        return first;
    }

    /** Somebody wants the join to end, in whichever attempt. */
    private void abort(Problem why) {
        if (isAbortable()) {
            abortRequested = true;
            if (!failAttempt(attempt, why)) {
                problem = why;
            }
        }
    }

    private boolean isAbortable() {
        boolean underWay = problem == null && state instanceof JoinState.Active;
        return underWay || allowsAnotherAttempt();
    }

    /** A step that ended in the same moment as the attempt was given up does not count any more. */
    private <S extends JoinState> S transitionTo(S next) {
        if (problem != null) {
            throw JoinFailures.of(problem);
        }
        CancellationScope.throwCanceled();
        return applyState(next);
    }

    private <S extends JoinState> S applyState(S next) {
        state = next;
        reporter.reportPhase(
                next.phase(),
                next.waitingFor(),
                problem,
                phases -> Optional.of(JoinOutcomeEvents.fromState(request, next, phases)));
        return next;
    }

    @Override
    public EnrollmentBinding enroll(EnrollmentProof proof) {
        validateEnroll(proof);
        return enrollment.bind(proof);
    }

    @Override
    public void validateEnroll(EnrollmentProof proof) {
        if (!enrollment.accepts(proof, isAbortable())) {
            throw JoinFailures.of(Enrollment.REFUSED);
        }
    }

    @Override
    public void agentConnected(AgentConnection connection) {
        host.setConnection(connection);
    }

    @Override
    public void milestoneReached(MilestoneReport report) {
        host.recordMilestone(report);
    }

    @Override
    public AbortResponse abort(AbortRequest abort) {
        return handlers.abort(abort);
    }

    @Override
    public void validateAbort(AbortRequest abort) {
        handlers.validateAbort(abort);
    }

    @Override
    public void cancelRequested(AbortRequest abort) {
        handlers.cancelRequested(abort);
    }

    @Override
    public void superseded(NodeRequest newer) {
        handlers.superseded(newer);
    }

    @Override
    public JoinProgress progress() {
        return reporter.progress(state.phase(), state.waitingFor(), problem);
    }
}

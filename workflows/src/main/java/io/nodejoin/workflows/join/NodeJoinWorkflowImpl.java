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
import io.nodejoin.workflows.hostcommand.HostCommandClient;
import io.nodejoin.workflows.lifecycle.Enrollment;
import io.nodejoin.workflows.lifecycle.EnrollmentBinding;
import io.nodejoin.workflows.lifecycle.EnrollmentProof;
import io.nodejoin.workflows.lifecycle.JoinRequest;
import io.nodejoin.workflows.lifecycle.JoinResult;
import io.nodejoin.workflows.lifecycle.NodeJoinWorkflow;
import io.nodejoin.workflows.lifecycle.NodeWorkflowHandlers;
import io.nodejoin.workflows.node.NameAvailability;
import io.nodejoin.workflows.temporal.StepOptions;
import io.nodejoin.workflows.temporal.WorkflowTime;
import io.nodejoin.workflows.token.TokenRef;
import io.temporal.failure.TemporalFailure;
import io.temporal.workflow.Async;
import io.temporal.workflow.CancellationScope;
import io.temporal.workflow.CompletablePromise;
import io.temporal.workflow.Functions;
import io.temporal.workflow.Promise;
import io.temporal.workflow.Workflow;
import io.temporal.workflow.WorkflowInit;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The join workflow: order and concurrency of its steps, attempts, and compensation. */
public final class NodeJoinWorkflowImpl extends NodeWorkflowHandlers<JoinState> implements NodeJoinWorkflow {
    private final JoinRequest request;
    private final Enrollment enrollment;
    private Attempt attempt;

    @WorkflowInit
    public NodeJoinWorkflowImpl(JoinRequest request) {
        this(request, new JoinState.Requested(1));
    }

    private NodeJoinWorkflowImpl(JoinRequest request, JoinState.Requested requested) {
        super(
                request,
                new HostCommandClient(new JoinPlan(request, 1).commandTarget()),
                requested,
                (state, phases) -> Optional.of(JoinOutcomeEvents.fromState(request, state, phases)));
        this.request = request;
        enrollment = new Enrollment(request);
        attempt = newAttempt(requested);
    }

    /**
     * One attempt: one bootstrap token and every step that uses it.
     *
     * @param scope runs the main sequence of steps
     * @param asyncSteps steps that run concurrently with it
     */
    private record Attempt(
            JoinPlan plan,
            JoinSteps steps,
            Compensation compensation,
            CancellationScope scope,
            Promise<JoinState.Joined> joined,
            List<Promise<?>> asyncSteps) {}

    private Attempt newAttempt(JoinState.AttemptStart start) {
        JoinPlan plan = new JoinPlan(request, start.attempt());
        host.setTarget(plan.commandTarget());
        Compensation compensation = new Compensation(request.node(), host);
        CompletablePromise<JoinState.Joined> joined = Workflow.newPromise();
        return new Attempt(
                plan,
                new JoinSteps(plan, enrollment, host, compensation),
                compensation,
                Workflow.newCancellationScope(() -> joined.complete(runAttemptSteps(start))),
                joined,
                new ArrayList<>());
    }

    @Override
    public JoinResult join(JoinRequest request) {
        return runToEnd(this::runAttempts);
    }

    private JoinState.Ended runAttempts() {
        return switch (runAttempt()) {
            case JoinState.Ended end -> end;
            case JoinState.AgentConnected next -> {
                attempt = newAttempt(next);
                yield runAttempts();
            }
        };
    }

    private JoinState.AttemptResult runAttempt() {
        CancellationScope workflowScope = CancellationScope.current();
        try {
            attempt.scope().run();
            return attempt.joined().get();
        } catch (TemporalFailure failure) {
            stop(attempt, stopOf(failure, attempt));
            return runDetached(() -> compensate(workflowScope));
        }
    }

    /** The main sequence of steps. */
    private JoinState.Joined runAttemptSteps(JoinState.AttemptStart start) {
        Attempt current = attempt;
        current.steps()
                .startDeadlineTimer()
                .handle((_, cancelled) -> cancelled == null
                        && stop(current, new JoinState.Failure(current.plan().deadlineExceeded(states.current()))));
        return switch (start) {
            case JoinState.Requested requested -> runFirstAttempt(requested);
            case JoinState.AgentConnected connected -> {
                current.steps().pauseBeforeAttempt();
                yield prepareHostAndToken(
                        connected,
                        startAsync(current.steps()::ensureClusterInfo),
                        startAsync(current.steps()::checkName));
            }
        };
    }

    private JoinState.Joined runFirstAttempt(JoinState.Requested requested) {
        JoinSteps steps = attempt.steps();
        Promise<DiscoveryInfo> discovery = startAsync(steps::ensureClusterInfo);
        Promise<NameAvailability> availability = startAsync(steps::checkName);
        Optional<NameAvailability.AlreadyJoined> alreadyJoined = steps.findAlreadyJoined(availability.get());
        if (alreadyJoined.isPresent()) {
            discovery.get();
            return states.transitionTo(
                    requested.alreadyJoined(alreadyJoined.get().uid()));
        }
        return prepareHostAndToken(
                states.transitionTo(requested.agentConnected(steps.awaitAgent())), discovery, availability);
    }

    private JoinState.Joined prepareHostAndToken(
            JoinState.AgentConnected connected,
            Promise<DiscoveryInfo> discovery,
            Promise<NameAvailability> availability) {
        JoinSteps steps = attempt.steps();
        HostFacts facts = steps.runPreflight(discovery.get(), availability.get());
        Promise<TokenRef> token = startAsync(() -> steps.reserveToken(facts));
        steps.prepareHost();
        steps.freeName(availability.get(), facts);
        JoinState.HostPrepared prepared = states.transitionTo(connected.hostPrepared(discovery.get(), facts));
        return startKubelet(states.transitionTo(steps.issueToken(token.get(), prepared)));
    }

    private JoinState.Joined startKubelet(JoinState.TokenIssued issued) {
        JoinSteps steps = attempt.steps();
        Assignment start = steps.startKubeletCommand(issued);
        Promise<HostResult.KubeletBootstrapped> kubelet = startAsync(() -> steps.startKubelet(start));
        Promise<CertificateResult.Issued> certificate = startAsync(() -> steps.awaitCertificate(issued));
        steps.awaitKubeletActive(start, certificate);
        JoinState.KubeletStarted started = states.transitionTo(issued.kubeletStarted());
        JoinState.CertificateIssued certified = states.transitionTo(started.certificateIssued(certificate.get()));
        String uid = steps.awaitRegistered(certified);
        Promise<TokenRef> revoked = startAsync(() -> steps.revokeToken(issued, kubelet));
        Promise<Boolean> serving = startAsync(() -> steps.awaitServingCertificate(uid));
        JoinState.NodeReady ready = states.transitionTo(certified.nodeReady(steps.awaitReady(certified, uid)));
        Promise<Boolean> recorded = startAsync(() -> steps.recordJoinedNode(certified, uid));
        revoked.get();
        serving.get();
        recorded.get();
        steps.requireSameKey(kubelet, certified.certificate());
        return states.transitionTo(ready.joined());
    }

    /**
     * Waits for asynchronous steps to end, so that none acts after its compensation, then compensates. Residue or an abort ends the join
     * without another attempt.
     *
     * @param workflowScope is cancelled if Temporal cancels the workflow
     */
    private JoinState.AttemptResult compensate(CancellationScope workflowScope) {
        WorkflowTime.await(
                "Wait for steps on their way",
                StepOptions.COMPENSATION_HEAD_START,
                () -> attempt.asyncSteps().stream().allMatch(Promise::isCompleted));
        startCompensating();
        CompensationResult result = attempt.compensation().compensate();
        if (workflowScope.isCancelRequested()) {
            abort(JoinFailures.WORKFLOW_CANCELLED);
        }
        return switch (states.current()) {
            case JoinState.Compensating compensating
            when result.residue().isEmpty() && allowsAnotherAttempt(compensating.stop()) ->
                states.transitionTo(compensating.retry(enrollment.publicKey().orElseThrow()));
            case JoinState.Compensating compensating ->
                states.transitionTo(compensating.end(result, host.lastFailureLog(), retryNotBefore(result)));
            case JoinState other -> throw new IllegalStateException("compensated in " + other);
        };
    }

    private void startCompensating() {
        switch (states.current()) {
            case JoinState.Stopping stopping -> states.transitionTo(stopping.compensate());
            case JoinState other -> throw new IllegalStateException("not stopped: " + other);
        }
    }

    private @Nullable Instant retryNotBefore(CompensationResult result) {
        Instant quarantinedUntil = attempt.steps().nameQuarantinedUntil();
        return quarantinedUntil == null ? result.nameBlockedUntil() : quarantinedUntil;
    }

    /**
     * A retry as another attempt is possible only after a step that needs compensation; before that, each step has its own retries.
     */
    private boolean allowsAnotherAttempt(JoinState.Stop stop) {
        return switch (stop) {
            case JoinState.Failure(Problem why) ->
                attempt.compensation().hasActions() && attempt.plan().allowsAnotherAttempt(why, WorkflowTime.now());
            case JoinState.Abort _ -> false;
        };
    }

    /** Runs a step asynchronously; its failure fails the attempt at once. */
    private <T> Promise<T> startAsync(Functions.Func<T> step) {
        Attempt current = attempt;
        Promise<T> promise = Async.function(step);
        promise.handle((_, failure) -> failure != null && stop(current, stopOf(failure, current)));
        current.asyncSteps().add(promise);
        return promise;
    }

    private static JoinState.Stop stopOf(RuntimeException failure, Attempt failed) {
        Problem why = JoinFailures.problemOf(failure, failed.scope());
        return why.equals(JoinFailures.WORKFLOW_CANCELLED) ? new JoinState.Abort(why) : new JoinState.Failure(why);
    }

    /** Stops the attempt if it runs: of several reasons the first counts, since later ones follow from it. */
    private boolean stop(Attempt stopped, JoinState.Stop why) {
        if (states.current() instanceof JoinState.Running running
                && running.attempt() == stopped.plan().attempt()) {
            states.stop(running.stop(why));
            stopped.scope().cancel(why.problem().code().name());
            return true;
        }
        return false;
    }

    @Override
    protected void abort(Problem why) {
        switch (states.current()) {
            case JoinState.Running _ -> stop(attempt, new JoinState.Abort(why));
            case JoinState.Halted halted when allowsAnotherAttempt(halted.stop()) -> states.stop(halted.abort(why));
            case JoinState.Halted _, JoinState.Ended _ -> {}
        }
    }

    @Override
    protected boolean isAbortable() {
        return switch (states.current()) {
            case JoinState.Running _ -> true;
            case JoinState.Halted halted -> allowsAnotherAttempt(halted.stop());
            case JoinState.Ended _ -> false;
        };
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
}

package io.nodejoin.workflows.compensation;

import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.agent.Assignment;
import io.nodejoin.protocol.agent.CommandMilestone;
import io.nodejoin.protocol.agent.HostCommand;
import io.nodejoin.protocol.agent.HostResult.HostReset;
import io.nodejoin.workflows.csr.CsrActivities;
import io.nodejoin.workflows.csr.IssuedCertificates;
import io.nodejoin.workflows.csr.JoinCertificates;
import io.nodejoin.workflows.csr.ServingCertificateActivities;
import io.nodejoin.workflows.failure.JoinFailures;
import io.nodejoin.workflows.hostcommand.HostCommandClient;
import io.nodejoin.workflows.node.NameQuarantine;
import io.nodejoin.workflows.node.NodeActivities;
import io.nodejoin.workflows.node.NodeIdentity;
import io.nodejoin.workflows.node.NodeRef;
import io.nodejoin.workflows.node.NodeState;
import io.nodejoin.workflows.node.RegistrationRequest;
import io.nodejoin.workflows.temporal.StepOptions;
import io.nodejoin.workflows.temporal.WorkflowTime;
import io.nodejoin.workflows.token.SpentToken;
import io.nodejoin.workflows.token.TokenActivities;
import io.nodejoin.workflows.token.TokenRef;
import io.temporal.failure.TemporalFailure;
import io.temporal.workflow.Async;
import io.temporal.workflow.CancellationScope;
import io.temporal.workflow.Promise;
import io.temporal.workflow.Workflow;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Compensates the steps of an attempt in order, and continues after a failure. What cannot be compensated becomes a
 * line of residue.
 */
public final class Compensation {
    private final NodeRef node;
    private final HostCommandClient host;
    private final TreeMap<Integer, CompensatingAction> actions = new TreeMap<>();
    private final CompensationRunner runner;
    private final Set<CompensatingAction> succeededActions = new LinkedHashSet<>();
    private final Set<CompensatingAction> finishedActions = new LinkedHashSet<>();
    private final Set<CompensatingAction.TokenAction> unconfirmed = new LinkedHashSet<>();
    private @Nullable Assignment resetAssignment;
    private @Nullable HostReset hostReset;
    private @Nullable Instant nameBlockedUntil;
    private boolean certificateIsIssued;

    public Compensation(NodeRef node, HostCommandClient host) {
        this(node, host, null);
    }

    /** @param hostReset how an earlier compensation of the same join has reset the host; null if none has */
    public Compensation(NodeRef node, HostCommandClient host, @Nullable HostReset hostReset) {
        this.hostReset = hostReset;
        this.node = node;
        this.host = host;
        this.runner = new CompensationRunner(node.name());
    }

    /** Registers a compensation. Replaces an earlier one of the same kind, which knew less. */
    public void register(CompensatingAction action) {
        actions.put(action.order(), action);
    }

    /**
     * Registers a compensation of an effect that is requested next. Until {@link #markConfirmed}, a timed-out request may
     * still create it after its compensation. A cancelled attempt requests nothing.
     */
    public void registerRequested(CompensatingAction.TokenAction action) {
        CancellationScope.throwCanceled();
        register(action);
        unconfirmed.add(action);
    }

    /** Withdraws a compensation that another one includes. */
    public void withdraw(Class<? extends CompensatingAction> kind) {
        actions.values().removeIf(kind::isInstance);
    }

    public void markConfirmed(CompensatingAction.TokenAction action) {
        unconfirmed.remove(action);
    }

    /** Marks the certificate as issued: a running kubelet has it, or receives it soon. */
    public void markCertificateIssued() {
        certificateIsIssued = true;
    }

    /** Returns how the host was reset, by this compensation or an earlier one. */
    public Optional<HostReset> hostReset() {
        return Optional.ofNullable(hostReset);
    }

    public boolean isEveryRequestConfirmed() {
        return unconfirmed.isEmpty();
    }

    /** Returns whether anything is registered. */
    public boolean hasActions() {
        return !actions.isEmpty();
    }

    /** Runs every compensation and waits for all. Call it in a detached scope. */
    public CompensationResult compensate() {
        List<Promise<Void>> all = new ArrayList<>();
        for (CompensatingAction action : actions.values()) {
            Promise<Void> done = Async.procedure(this::runAction, action);
            all.add(done);
            WorkflowTime.await(
                    "Head start of: " + action.summary(),
                    StepOptions.COMPENSATION_HEAD_START,
                    () -> done.isCompleted() || createsNothingMore(action));
        }
        Promise.allOf(all).get();
        return new CompensationResult(
                runner.residue(), hasFinished(CompensatingAction.ResetHost.class) && !isHostClean(), nameBlockedUntil);
    }

    /**
     * A stopped kubelet uses the token no longer; the rest of the reset completes only after the token is revoked. A host whose agent
     * is not connected is not waited for.
     */
    private boolean createsNothingMore(CompensatingAction action) {
        return action instanceof CompensatingAction.ResetHost && (isKubeletStopped() || !host.isConnected());
    }

    private boolean isKubeletStopped() {
        return resetAssignment != null && host.hasReached(resetAssignment, CommandMilestone.KubeletStopped);
    }

    private void runAction(CompensatingAction action) {
        boolean succeeded = runner.run(action.summary(), _ -> execute(action));
        finishedActions.add(action);
        if (succeeded) {
            succeededActions.add(action);
            if (action instanceof CompensatingAction.TokenAction last
                    && isTokenCompensated()
                    && isEveryRequestConfirmed()) {
                deleteLedgerEntry(last.token());
            }
        }
    }

    /** Returns whether what is registered of this kind has been executed. */
    private boolean isOver(Class<? extends CompensatingAction> kind) {
        return !hasRegistered(kind) || hasFinished(kind);
    }

    private boolean hasFinished(Class<? extends CompensatingAction> kind) {
        return finishedActions.stream().anyMatch(kind::isInstance);
    }

    private boolean isTokenCompensated() {
        return actions.values().stream()
                .filter(CompensatingAction.TokenAction.class::isInstance)
                .allMatch(succeededActions::contains);
    }

    /**
     * Keeps the ledger entry of a token if a compensation failed or a timed-out request may still have an effect: once
     * this workflow is closed, the garbage collector repeats the compensation until none can.
     */
    private void deleteLedgerEntry(TokenRef token) {
        runner.run(
                "Delete ledger entry of bootstrap token " + token.tokenId(),
                what -> tokens(what).deleteLedgerEntry(SpentToken.compensated(token)));
    }

    private void execute(CompensatingAction action) {
        switch (action) {
            case CompensatingAction.ResetHost _ -> resetHost();
            case CompensatingAction.RevokeToken revoke ->
                tokens(action.summary()).deleteSecret(revoke.token());
            case CompensatingAction.RemoveSignature remove ->
                tokens(action.summary()).removeSignature(remove.token());
            case CompensatingAction.DenyPendingCsrs deny -> denyPendingCsrs(deny.token(), action.summary());
            case CompensatingAction.DisallowServingSans withdraw ->
                Workflow.newActivityStub(
                                ServingCertificateActivities.class,
                                StepOptions.byApprover(StepOptions.compensation(action.summary())))
                        .disallowSans(withdraw.inventory());
            case CompensatingAction.DeleteCreatedNode remove -> deleteCreatedNode(remove);
            case CompensatingAction.DeleteUnobservedNode remove -> deleteUnobservedNode(remove);
            case CompensatingAction.DeleteNode remove -> deleteNode(action, remove.node());
            case CompensatingAction.QuarantineName quarantine -> quarantineName(quarantine);
            case CompensatingAction.DenyLateCsrs deny -> denyLateCsrs(deny);
        }
    }

    /** No CSR is late while the token exists; a token that cannot be revoked becomes residue and is not waited for. */
    private void denyLateCsrs(CompensatingAction.DenyLateCsrs action) {
        Workflow.await(() -> hasFinished(CompensatingAction.RevokeToken.class));
        WorkflowTime.await(
                "Wait for late certificate requests",
                StepOptions.LATE_CSR_WINDOW,
                () -> hostReset != null
                        || !succeededActions.contains(new CompensatingAction.RevokeToken(action.token())));
        denyPendingCsrs(action.token(), action.summary());
    }

    /**
     * Runs after the host's reset, which reports what was erased, and after all CSRs are decided, which fixes what is
     * issued.
     */
    private void quarantineName(CompensatingAction.QuarantineName action) {
        Workflow.await(
                () -> isOver(CompensatingAction.ResetHost.class) && isOver(CompensatingAction.DenyLateCsrs.class));
        CsrActivities csrs = csrs(action.summary());
        IssuedCertificates issued = switch (action.certificates()) {
            case JoinCertificates.OfToken(TokenRef token) -> csrs.listIssued(token);
            case JoinCertificates.OfJoin join -> csrs.listIssuedToJoin(join);
        };
        Optional<NameQuarantine> quarantine = action.quarantineFor(issued, kubeletKeyState(action));
        if (quarantine.isPresent()) {
            Workflow.newActivityStub(
                            NodeActivities.class,
                            StepOptions.compensation(
                                    "Quarantine node name " + action.node().name()))
                    .quarantineName(quarantine.get());
            nameBlockedUntil = quarantine.get().blockedForAllUntil();
            runner.addResidue(quarantine.get().residueLine());
        }
    }

    private KubeletKeyState kubeletKeyState(CompensatingAction.QuarantineName action) {
        if (hostReset != null && hostReset.wipedKeyDigest() != null) {
            return new KubeletKeyState.Wiped(hostReset.wipedKeyDigest());
        }
        if (isHostClean()) {
            return new KubeletKeyState.Absent(!certificateIsIssued
                    && action.start() != null
                    && host.hasReached(action.start(), CommandMilestone.KubeletActive));
        }
        return action.kubeletKeyDigest() == null
                ? new KubeletKeyState.Unknown()
                : new KubeletKeyState.OnHost(action.kubeletKeyDigest());
    }

    private boolean isHostClean() {
        return hostReset != null && hostReset.residue().isEmpty();
    }

    private void resetHost() {
        try {
            resetHostNow();
        } catch (TemporalFailure failure) {
            throw JoinFailures.of(
                    ErrorCode.HOST_RESET_FAILED, JoinFailures.problemOf(failure).detail());
        }
    }

    private void resetHostNow() {
        WorkflowTime.await(
                "Wait for the worker-agent of " + node.name(), StepOptions.RECONNECT_TIMEOUT, host::isConnected);
        Instant valid = WorkflowTime.now().plus(StepOptions.RESET_COMMAND_TTL);
        Assignment assignment = host.nextAssignment(new HostCommand.ResetHost(), valid);
        resetAssignment = assignment;
        HostReset done =
                host.execute(assignment, HostReset.class, StepOptions.RESET_HOST_TIMEOUT, ErrorCode.HOST_RESET_FAILED);
        hostReset = done;
        runner.addResidue(done);
    }

    private static TokenActivities tokens(String summary) {
        return Workflow.newActivityStub(TokenActivities.class, StepOptions.compensation(summary));
    }

    private static void denyPendingCsrs(TokenRef token, String summary) {
        csrs(summary).denyPending(token);
    }

    private static CsrActivities csrs(String summary) {
        return Workflow.newActivityStub(CsrActivities.class, StepOptions.byApprover(StepOptions.compensation(summary)));
    }

    private static void deleteNode(CompensatingAction action, NodeIdentity node) {
        Workflow.newActivityStub(NodeActivities.class, StepOptions.compensation(action.summary()))
                .delete(node);
    }

    /** A kubelet that still runs would create the Node again; before its start command there is none. */
    private void deleteCreatedNode(CompensatingAction.DeleteCreatedNode action) {
        Workflow.await(() -> !hasRegistered(CompensatingAction.QuarantineName.class) || isKubeletStoppedOrResetOver());
        if (action.uid() != null) {
            deleteNode(action, new NodeIdentity(action.ref().node(), action.uid()));
        } else {
            Workflow.newActivityStub(NodeActivities.class, StepOptions.compensation(action.summary()))
                    .deleteCreated(action.ref());
        }
    }

    private boolean hasRegistered(Class<? extends CompensatingAction> kind) {
        return actions.values().stream().anyMatch(kind::isInstance);
    }

    private boolean isKubeletStoppedOrResetOver() {
        return hasFinished(CompensatingAction.ResetHost.class) || isKubeletStopped();
    }

    /** A kubelet that still runs on a disconnected host may register after the host reconnects. */
    private void deleteUnobservedNode(CompensatingAction.DeleteUnobservedNode action) {
        Workflow.await(this::isKubeletStoppedOrResetOver);
        findUnobservedNode(action).ifPresent(uid -> deleteNode(action, new NodeIdentity(action.node(), uid)));
    }

    /**
     * The name was free before, so the Node is this join's, unless it is older than every certificate issued under the
     * token: then another machine took the name.
     */
    private Optional<String> findUnobservedNode(CompensatingAction.DeleteUnobservedNode action) {
        String summary = "Find certificates that node " + action.node().name() + " may have registered with";
        return csrs(summary)
                .listIssued(action.token())
                .firstApprovedAt()
                .flatMap(approvedAt -> findNodeRegisteredSince(action, approvedAt));
    }

    private Optional<String> findNodeRegisteredSince(
            CompensatingAction.DeleteUnobservedNode action, Instant approvedAt) {
        NodeActivities nodes = Workflow.newActivityStub(
                NodeActivities.class,
                StepOptions.compensation("Find node " + action.node().name()));
        Instant end = WorkflowTime.now().plus(StepOptions.NODE_LOOKUP_TIMEOUT);
        return switch (nodes.awaitRegistered(RegistrationRequest.of(node, action.facts(), approvedAt, end))) {
            case NodeState.Registered registered -> Optional.of(registered.uid());
            case NodeState.Ready ready -> Optional.of(ready.uid());
            case NodeState.Failed _ -> Optional.empty();
        };
    }
}

package io.nodejoin.workflows.join;

import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.agent.Assignment;
import io.nodejoin.protocol.agent.HostCommand;
import io.nodejoin.protocol.agent.HostMark;
import io.nodejoin.protocol.agent.HostResult.HostReset;
import io.nodejoin.workflows.certificate.CertificateActivities;
import io.nodejoin.workflows.certificate.IssuedCertificates;
import io.nodejoin.workflows.certificate.ServingActivities;
import io.nodejoin.workflows.clusterinfo.ClusterInfoActivities;
import io.nodejoin.workflows.node.NameHold;
import io.nodejoin.workflows.node.NodeActivities;
import io.nodejoin.workflows.node.NodeIdentity;
import io.nodejoin.workflows.node.NodeState;
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

/** Takes back what the steps did: all of it, in order, whatever fails. What cannot be taken back becomes a line of residue. */
final class Compensation {
    private final JoinPlan plan;
    private final HostDialogue host;
    private final TreeMap<Integer, Undo> undos = new TreeMap<>();
    private final Residue residue;
    private final Set<Undo> done = new LinkedHashSet<>();
    private final Set<Undo> over = new LinkedHashSet<>();
    private final Set<Undo.OfToken> unanswered = new LinkedHashSet<>();
    private @Nullable Assignment reset;
    private @Nullable HostReset hostReset;
    private @Nullable Instant nameLostUntil;
    private boolean certificateIssued;

    Compensation(JoinPlan plan, HostDialogue host) {
        this.plan = plan;
        this.host = host;
        this.residue = new Residue(plan.nodeName());
    }

    /** Replaces an earlier undo of the same kind by one that knows more. */
    void register(Undo undo) {
        undos.put(undo.rank(), undo);
    }

    /** What this undoes is asked for now. Until it is {@link #answered}, it may come when nobody waits for it any more, after its undo. */
    void ask(Undo.OfToken undo) {
        CancellationScope.throwCanceled();
        unanswered.add(undo);
    }

    void answered(Undo.OfToken undo) {
        unanswered.remove(undo);
    }

    /** From now on a kubelet that runs has its certificate, or will in a moment. */
    void certificateIssued() {
        certificateIssued = true;
    }

    boolean isAnswered() {
        return unanswered.isEmpty();
    }

    /** Whether there is anything to take back. */
    boolean isDue() {
        return !undos.isEmpty();
    }

    /** Runs every undo and waits for all. Call it in a detached scope. */
    Aftermath run() {
        List<Promise<Void>> all = new ArrayList<>();
        for (Undo undo : undos.values()) {
            Promise<Void> done = Async.procedure(this::attempt, undo);
            all.add(done);
            WorkflowTime.await(
                    "Head start of: " + undo.what(),
                    JoinOptions.HEAD_START,
                    () -> done.isCompleted() || makesNoNewTraces(undo));
        }
        Promise.allOf(all).get();
        return new Aftermath(residue.lines(), isOver(Undo.ResetHost.class) && !isHostClean(), nameLostUntil);
    }

    /** A stopped kubelet uses no token any more; the rest of the reset ends only after the token is revoked. */
    private boolean makesNoNewTraces(Undo undo) {
        return undo instanceof Undo.ResetHost && kubeletIsStopped();
    }

    private boolean kubeletIsStopped() {
        return reset != null && host.reached(reset, HostMark.KubeletStopped);
    }

    private void attempt(Undo undo) {
        boolean succeeded = residue.undo(undo.what(), _ -> run(undo));
        over.add(undo);
        if (succeeded) {
            done.add(undo);
            if (undo instanceof Undo.OfToken last && tokenIsGone() && isAnswered()) {
                forget(last.token());
            }
        }
    }

    private boolean isOver(Class<? extends Undo> kind) {
        return over.stream().anyMatch(kind::isInstance);
    }

    private boolean tokenIsGone() {
        return undos.values().stream().filter(Undo.OfToken.class::isInstance).allMatch(done::contains);
    }

    /**
     * A token of which something could not be taken back, or may come later, stays in the ledger: once this workflow is over, the janitor
     * takes it back until nothing can come any more.
     */
    private void forget(TokenRef token) {
        residue.undo(
                "Forget bootstrap token " + token.tokenId(),
                what -> tokens(what).forget(token));
    }

    private void run(Undo undo) {
        switch (undo) {
            case Undo.ResetHost _ -> resetHost();
            case Undo.ReleaseToken release -> tokens(undo.what()).release(release.reservation());
            case Undo.RevokeToken revoke -> tokens(undo.what()).revoke(revoke.token());
            case Undo.RemoveSignature remove ->
                Workflow.newActivityStub(ClusterInfoActivities.class, JoinOptions.undo(undo.what()))
                        .removeSignature(remove.token());
            case Undo.DenyRequests deny -> denyUndecided(deny.token(), undo.what());
            case Undo.WithdrawServing withdraw ->
                Workflow.newActivityStub(ServingActivities.class, JoinOptions.undo(undo.what()))
                        .withdraw(withdraw.inventory());
            case Undo.RemoveUnseenNode remove -> removeUnseen(remove);
            case Undo.RemoveNode remove -> remove(undo, remove.node());
            case Undo.HoldName hold -> holdName(hold);
            case Undo.DenyLateRequests deny -> denyLate(deny);
        }
    }

    /** No request is late as long as the token lives; one that cannot be revoked is named, and not waited for. */
    private void denyLate(Undo.DenyLateRequests undo) {
        Workflow.await(() -> isOver(Undo.RevokeToken.class));
        WorkflowTime.await(
                "Wait for late certificate requests",
                JoinOptions.LATE_REQUESTS,
                () -> hostReset != null || !done.contains(new Undo.RevokeToken(undo.token())));
        denyUndecided(undo.token(), undo.what());
    }

    /** What the host has wiped is known only after its reset, or not at all; and what was issued, once all requests are decided. */
    private void holdName(Undo.HoldName undo) {
        Workflow.await(() -> isOver(Undo.ResetHost.class) && isOver(Undo.DenyLateRequests.class));
        IssuedCertificates certificates = Workflow.newActivityStub(
                        CertificateActivities.class, JoinOptions.undo(undo.what()))
                .issued(undo.token());
        Optional<NameHold> hold = undo.against(certificates, hostKey(undo));
        if (hold.isPresent()) {
            Workflow.newActivityStub(
                            NodeActivities.class,
                            JoinOptions.undo(
                                    "Hold back node name " + undo.node().node()))
                    .hold(hold.get());
            nameLostUntil = hold.get().lostUntil();
            residue.add(hold.get().residue());
        }
    }

    private HostKey hostKey(Undo.HoldName undo) {
        if (hostReset != null && hostReset.wipedKeyDigest() != null) {
            return new HostKey.Wiped(hostReset.wipedKeyDigest());
        }
        return isHostClean()
                ? new HostKey.None(!certificateIssued && host.reached(undo.start(), HostMark.KubeletActive))
                : new HostKey.Unknown();
    }

    private boolean isHostClean() {
        return hostReset != null && hostReset.residue().isEmpty();
    }

    private void resetHost() {
        try {
            reset();
        } catch (TemporalFailure failure) {
            throw JoinStop.because(
                    ErrorCode.HOST_RESET_FAILED, JoinStop.problemOf(failure).detail());
        }
    }

    private void reset() {
        Instant valid = WorkflowTime.now().plus(JoinOptions.RESET_STAYS_VALID);
        Assignment assignment = host.next(new HostCommand.ResetHost(), valid);
        reset = assignment;
        HostReset done = host.perform(assignment, HostReset.class, JoinOptions.RESET_HOST, ErrorCode.HOST_RESET_FAILED);
        hostReset = done;
        residue.addAll(HostResidue.of(done));
    }

    private static TokenActivities tokens(String summary) {
        return Workflow.newActivityStub(TokenActivities.class, JoinOptions.undo(summary));
    }

    private static void denyUndecided(TokenRef token, String summary) {
        Workflow.newActivityStub(CertificateActivities.class, JoinOptions.undo(summary))
                .denyUndecided(token);
    }

    private static void remove(Undo undo, NodeIdentity node) {
        Workflow.newActivityStub(NodeActivities.class, JoinOptions.undo(undo.what()))
                .remove(node);
    }

    /** A kubelet that runs still, on a host that is away for now, may register once it is back. */
    private void removeUnseen(Undo.RemoveUnseenNode undo) {
        Workflow.await(() -> isOver(Undo.ResetHost.class) || kubeletIsStopped());
        look(undo).ifPresent(uid -> remove(undo, new NodeIdentity(undo.node(), uid)));
    }

    /** The name was free before, so a Node is this join's, unless another machine took the name before anybody could with its token. */
    private Optional<String> look(Undo.RemoveUnseenNode undo) {
        String summary = "Look for certificates that node " + undo.node().node() + " may have registered with";
        return Workflow.newActivityStub(CertificateActivities.class, JoinOptions.undo(summary))
                .issued(undo.token())
                .firstApproval()
                .flatMap(approvedAt -> look(undo, approvedAt));
    }

    private Optional<String> look(Undo.RemoveUnseenNode undo, Instant approvedAt) {
        NodeActivities nodes = Workflow.newActivityStub(
                NodeActivities.class,
                JoinOptions.undo("Look for node " + undo.node().node()));
        Instant end = WorkflowTime.now().plus(JoinOptions.NODE_LOOK);
        return switch (nodes.awaitRegistered(plan.registration(undo.facts(), approvedAt, end))) {
            case NodeState.Registered registered -> Optional.of(registered.uid());
            case NodeState.Ready ready -> Optional.of(ready.uid());
            case NodeState.Refused _ -> Optional.empty();
        };
    }
}

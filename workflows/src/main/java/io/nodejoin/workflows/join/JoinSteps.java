package io.nodejoin.workflows.join;

import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.agent.Assignment;
import io.nodejoin.protocol.agent.HostCommand;
import io.nodejoin.protocol.agent.HostFacts;
import io.nodejoin.protocol.agent.HostMark;
import io.nodejoin.protocol.agent.HostResult;
import io.nodejoin.workflows.certificate.CertificateActivities;
import io.nodejoin.workflows.certificate.CertificateDecision;
import io.nodejoin.workflows.certificate.ServingActivities;
import io.nodejoin.workflows.certificate.ServingInventory;
import io.nodejoin.workflows.certificate.ServingOrder;
import io.nodejoin.workflows.clusterinfo.ClusterInfoActivities;
import io.nodejoin.workflows.clusterinfo.ClusterTrust;
import io.nodejoin.workflows.clusterinfo.TokenSignature;
import io.nodejoin.workflows.node.NameHold;
import io.nodejoin.workflows.node.NameState;
import io.nodejoin.workflows.node.NodeActivities;
import io.nodejoin.workflows.node.NodeIdentity;
import io.nodejoin.workflows.node.NodeState;
import io.nodejoin.workflows.token.SealedToken;
import io.nodejoin.workflows.token.TokenActivities;
import io.nodejoin.workflows.token.TokenRef;
import io.nodejoin.workflows.token.TokenReservation;
import io.temporal.activity.ActivityOptions;
import io.temporal.failure.ApplicationFailure;
import io.temporal.workflow.Promise;
import io.temporal.workflow.Workflow;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Each step of a join: registers its undo, acts, and turns whatever is not the hoped-for answer into the join's problem. */
final class JoinSteps {
    private final JoinPlan plan;
    private final Enrollment enrollment;
    private final HostDialogue host;
    private final Compensation compensation;
    private @Nullable Instant nameHeldUntil;

    JoinSteps(JoinPlan plan, Enrollment enrollment, HostDialogue host, Compensation compensation) {
        this.plan = plan;
        this.enrollment = enrollment;
        this.host = host;
        this.compensation = compensation;
    }

    /** Ends at the deadline. A request that waited for an earlier one, or for a worker, may begin after its own. */
    Promise<Void> deadline() {
        Duration left = Duration.between(WorkflowTime.now(), plan.request().deadline());
        if (!left.isPositive()) {
            throw JoinStop.because(plan.expired());
        }
        return WorkflowTime.timer("Deadline of the join of " + plan.nodeName(), left);
    }

    void pause() {
        WorkflowTime.timer("Pause before attempt " + plan.attempt(), JoinOptions.BETWEEN_ATTEMPTS)
                .get();
    }

    ClusterTrust trust() {
        String summary = "Ensure cluster-info of " + plan.wanted().cluster();
        return Workflow.newActivityStub(ClusterInfoActivities.class, JoinOptions.controlPlane(summary))
                .ensure(plan.wanted().cluster());
    }

    /** Waits for the pods of a Node that is gone. A declared re-join does not mind that the name is taken yet. */
    NameState name() {
        NameState state = inspect();
        if (plan.wanted().declaresRejoin()) {
            return state;
        }
        Instant end = WorkflowTime.now().plus(JoinOptions.OLD_NODE_GONE);
        while (state instanceof NameState.PodsLeft && WorkflowTime.now().isBefore(end)) {
            String summary = "Wait for the pods of an earlier node " + plan.nodeName() + " to be deleted";
            WorkflowTime.timer(summary, JoinOptions.BETWEEN_LOOKS).get();
            state = inspect();
        }
        requireUnused(state);
        return state;
    }

    private NameState inspect() {
        String summary = "Inspect node name " + plan.nodeName();
        return Workflow.newActivityStub(NodeActivities.class, JoinOptions.controlPlane(summary))
                .inspect(plan.name());
    }

    private static void requireUnused(NameState state) {
        switch (state) {
            case NameState.Taken taken -> throw JoinStop.because(ErrorCode.NODE_NAME_IN_USE, taken.detail());
            case NameState.PodsLeft left -> throw JoinStop.because(ErrorCode.NODE_NAME_IN_USE, left.detail());
            case NameState.Free _, NameState.Own _ -> {}
        }
    }

    /** The node that is asked for, if it is there already. */
    Optional<NameState.Own> own(NameState name) {
        return name instanceof NameState.Own own && !plan.wanted().declaresRejoin()
                ? Optional.of(own)
                : Optional.empty();
    }

    /** Returns the agent's public key. */
    String agent() {
        boolean arrived = WorkflowTime.awaitHost(
                "Wait for the worker-agent of " + plan.nodeName(),
                JoinOptions.AGENT_CONNECTS,
                () -> enrollment.publicKey().isPresent() && host.isConnected());
        if (!arrived) {
            String missing = enrollment.publicKey().isPresent() ? "enrolled but did not connect" : "did not enroll";
            throw JoinStop.because(
                    ErrorCode.AGENT_UNREACHABLE,
                    "the worker-agent of " + plan.nodeName() + " " + missing + " within "
                            + JoinOptions.AGENT_CONNECTS.toMinutes() + " min");
        }
        return enrollment.publicKey().orElseThrow();
    }

    HostFacts preflight(ClusterTrust trust, NameState name) {
        if (plan.wanted().declaresRejoin()) {
            resetBeforehand();
        }
        HostFacts facts = lookedAt(trust).facts();
        requireNotHeld(name, facts);
        return facts;
    }

    /**
     * Looks again while the way to the API server is all that is wrong. Whether that is the host's is known only once the API server
     * has answered others: one that answers nobody is waited for as in every step, and ends the join with its own problem.
     */
    private HostResult.PreflightPassed lookedAt(ClusterTrust trust) {
        for (int looks = 1; ; looks++) {
            try {
                return host.perform(
                        host.anew(plan.preflight(trust), looks, plan.request().deadline()),
                        HostResult.PreflightPassed.class,
                        JoinOptions.PREFLIGHT,
                        ErrorCode.HOST_PREFLIGHT_FAILED);
            } catch (ApplicationFailure failed) {
                if (looks == JoinOptions.LOOKS || !cannotReachApiServer(failed)) {
                    throw failed;
                }
            }
            String summary = "Let " + plan.nodeName() + " look again for the API server";
            WorkflowTime.timer(summary, JoinOptions.BETWEEN_LOOKS).get();
            trust();
        }
    }

    private static boolean cannotReachApiServer(ApplicationFailure failed) {
        return JoinStop.problemOf(failed).code() == ErrorCode.API_SERVER_UNREACHABLE;
    }

    /**
     * What an earlier join has left on the host would fail the preflight; a clean host stays as it is. Whichever request comes next, the
     * Node of the earlier join is not its result.
     */
    private void resetBeforehand() {
        String summary = "Note that the host of node " + plan.nodeName() + " is reset";
        Workflow.newActivityStub(NodeActivities.class, JoinOptions.effect(summary))
                .markReset(plan.resetMark());
        host.perform(
                host.beforehand(new HostCommand.ResetHost(), plan.request().deadline()),
                HostResult.HostReset.class,
                JoinOptions.RESET_HOST,
                ErrorCode.HOST_RESET_FAILED);
    }

    private void requireNotHeld(NameState name, HostFacts facts) {
        if (name instanceof NameState.Free free && free.hold() != null) {
            NameHold hold = free.hold();
            hold.against(facts.machineId()).ifPresent(problem -> {
                nameHeldUntil = hold.until();
                throw JoinStop.because(problem);
            });
        }
    }

    /** If the name is held back from this machine. */
    @Nullable Instant nameHeldUntil() {
        return nameHeldUntil;
    }

    /** Frees the name of the machine's earlier Node; the last step that a declared re-join takes before its token. */
    void replace(NameState name, HostFacts facts) {
        if (name instanceof NameState.Free) {
            return;
        }
        NodeActivities nodes = Workflow.newActivityStub(
                NodeActivities.class,
                JoinOptions.watch("Remove the earlier node " + plan.nodeName(), JoinOptions.OLD_NODE_GONE));
        NameState freed = nodes.replace(plan.replace(facts, WorkflowTime.now()));
        requireUnused(freed);
        requireNotHeld(freed, facts);
    }

    void prepareHost() {
        compensation.register(new Undo.ResetHost());
        host.perform(
                command(plan.prepareHost()),
                HostResult.HostPrepared.class,
                JoinOptions.PREPARE_HOST,
                ErrorCode.HOST_PREPARE_FAILED);
    }

    TokenRef reserve(HostFacts facts) {
        TokenReservation reservation = plan.reservation(facts);
        compensation.register(new Undo.ReleaseToken(reservation));
        TokenRef token = plan.token(tokens("Reserve a bootstrap token id for " + plan.nodeName() + attempt())
                .reserve(reservation));
        compensation.register(new Undo.RevokeToken(token));
        return token;
    }

    JoinState.TokenIssued issue(TokenRef token, JoinState.HostPrepared prepared) {
        Instant issuedAt = WorkflowTime.now();
        String summary = "Issue bootstrap token " + token.tokenId() + " for " + plan.nodeName() + attempt();
        Undo.RevokeToken minted = new Undo.RevokeToken(token);
        compensation.ask(minted);
        SealedToken sealed = tokens(summary).issue(plan.tokenRequest(token, prepared, plan.tokenExpiry(issuedAt)));
        if (sealed.tries() <= 1) {
            compensation.answered(minted);
        }
        Undo.RemoveSignature signed = new Undo.RemoveSignature(token);
        compensation.register(signed);
        compensation.ask(signed);
        String signing = "Sign cluster-info with token " + token.tokenId();
        Workflow.newActivityStub(ClusterInfoActivities.class, JoinOptions.signature(signing))
                .publishSignature(new TokenSignature(token, sealed.signature()));
        compensation.answered(signed);
        return prepared.tokenIssued(token, sealed, issuedAt);
    }

    /** The command that hands the token to the host; from here on the host can ask for a certificate and register. */
    Assignment kubeletStart(JoinState.TokenIssued issued) {
        Assignment start = command(plan.startKubelet(issued));
        compensation.register(
                new Undo.HoldName(plan.node(), issued.token(), issued.facts().machineId(), start));
        compensation.register(new Undo.DenyRequests(issued.token()));
        compensation.register(new Undo.RemoveUnseenNode(plan.node(), issued.token(), issued.facts()));
        compensation.register(new Undo.DenyLateRequests(issued.token()));
        return start;
    }

    /** Ends only after the token is burnt. */
    HostResult.KubeletBootstrapped startKubelet(Assignment start) {
        Duration left = Duration.between(WorkflowTime.now(), plan.request().deadline());
        return host.perform(start, HostResult.KubeletBootstrapped.class, left, ErrorCode.REVOCATION_UNVERIFIED);
    }

    CertificateDecision.Issued certificate(JoinState.TokenIssued issued) {
        String summary = "Decide certificate request of " + plan.nodeName() + ", token "
                + issued.token().tokenId();
        CertificateActivities certificates = Workflow.newActivityStub(
                CertificateActivities.class, JoinOptions.watch(summary, JoinOptions.CERTIFICATE_ISSUED));
        Instant deadline = plan.cut(WorkflowTime.now(), JoinOptions.CERTIFICATE_ISSUED);
        return switch (certificates.decide(plan.certificate(issued, deadline))) {
            case CertificateDecision.Issued certificate -> {
                compensation.certificateIssued();
                yield certificate;
            }
            case CertificateDecision.Denied denied -> throw JoinStop.because(denied.problem());
            case CertificateDecision.Missing missing -> throw JoinStop.because(missing.problem());
        };
    }

    /** A certificate can only have been asked for by a running kubelet, so it stands for a mark that came late or never. */
    void kubeletActive(Assignment start, Promise<CertificateDecision.Issued> certificate) {
        boolean active = WorkflowTime.awaitHost(
                "Wait for the kubelet's start on " + plan.nodeName(),
                JoinOptions.KUBELET_ACTIVE,
                () -> host.reached(start, HostMark.KubeletActive)
                        || (certificate.isCompleted() && certificate.getFailure() == null));
        if (!active) {
            throw JoinStop.because(
                    ErrorCode.KUBELET_NOT_STARTED,
                    "the kubelet of " + plan.nodeName() + " was not active within "
                            + JoinOptions.KUBELET_ACTIVE.toSeconds() + " s");
        }
    }

    /** Returns the Node's UID. */
    String registered(JoinState.CertificateIssued state) {
        NodeActivities nodes = watchNode("Wait for registration of node ", JoinOptions.NODE_REGISTERED);
        NodeState answer = nodes.awaitRegistered(plan.registration(
                state.facts(),
                state.certificate().approvedAt(),
                plan.cut(WorkflowTime.now(), JoinOptions.NODE_REGISTERED)));
        String uid = switch (answer) {
            case NodeState.Registered registered -> registered.uid();
            case NodeState.Ready ready -> ready.uid();
            case NodeState.Refused refused -> throw JoinStop.because(refused.problem());
        };
        compensation.register(new Undo.RemoveNode(new NodeIdentity(plan.node(), uid)));
        return uid;
    }

    /** Kept where a later request finds out that the node is there, and a leave that it is ours. */
    boolean remember(JoinState.CertificateIssued state, String uid) {
        Workflow.newActivityStub(
                        NodeActivities.class, JoinOptions.effect("Note the machine of node " + plan.nodeName()))
                .remember(plan.joined(uid, state.facts(), enrollment.publicKey().orElseThrow()));
        return true;
    }

    NodeState.Ready ready(JoinState.CertificateIssued state, String uid) {
        NodeActivities nodes = watchNode("Wait for Ready of node ", JoinOptions.NODE_READY);
        return switch (nodes.awaitReady(plan.ready(state, uid, WorkflowTime.now()))) {
            case NodeState.Ready ready -> ready;
            case NodeState.Refused refused -> throw JoinStop.because(refused.problem());
            case NodeState.Registered _ ->
                throw JoinStop.because(ErrorCode.INTERNAL, "a node was reported as registered instead of Ready");
        };
    }

    /** Returns whether a serving certificate was asked for; if so, the node has one for exactly what the join declared. */
    boolean serve(String uid) {
        boolean wanted = plan.wanted().wantsServingCertificate();
        if (wanted) {
            ServingInventory inventory = plan.servingInventory(uid);
            compensation.register(new Undo.WithdrawServing(inventory));
            serving(JoinOptions.effect("Declare what node " + plan.nodeName() + " may serve as"))
                    .declare(inventory);
            awaitServing(inventory);
        }
        return wanted;
    }

    private void awaitServing(ServingInventory inventory) {
        Instant deadline = plan.cut(WorkflowTime.now(), JoinOptions.SERVING_ISSUED);
        String summary = "Wait for serving certificate of node " + plan.nodeName();
        ServingActivities serving = serving(JoinOptions.watch(summary, JoinOptions.SERVING_ISSUED));
        switch (serving.awaitIssued(new ServingOrder(inventory, deadline))) {
            case CertificateDecision.Issued _ -> {}
            case CertificateDecision.Denied denied -> throw JoinStop.because(denied.problem());
            case CertificateDecision.Missing missing -> throw JoinStop.because(missing.problem());
        }
    }

    /**
     * Once the host sees its token refused, whoever else has used it for a request has left that request behind.
     *
     * @param refused ends when the host has seen it
     */
    TokenRef burn(JoinState.TokenIssued issued, Promise<?> refused) {
        TokenRef token = issued.token();
        tokens("Revoke bootstrap token " + token.tokenId()).revoke(token);
        clusterInfo("Remove signature of token " + token.tokenId() + " from cluster-info")
                .removeSignature(token);
        WorkflowTime.await("Wait for late certificate requests", JoinOptions.LATE_REQUESTS, refused::isCompleted);
        String summary = "Deny other certificate requests of token " + token.tokenId();
        CertificateActivities certificates =
                Workflow.newActivityStub(CertificateActivities.class, JoinOptions.effect(summary));
        if (certificates.denyOthers(plan.certificate(issued, WorkflowTime.now()))
                instanceof CertificateDecision.Denied rival) {
            throw JoinStop.because(rival.problem());
        }
        if (compensation.isAnswered()) {
            tokens("Forget bootstrap token " + token.tokenId()).forget(token);
        }
        return token;
    }

    /** The node that registered is the machine that was enrolled only if the approved key lies on that machine. */
    void sameKey(Promise<HostResult.KubeletBootstrapped> kubelet, CertificateDecision.Issued certificate) {
        String summary = "Wait until the host of " + plan.nodeName() + " sees its token refused";
        if (!WorkflowTime.awaitHost(summary, JoinOptions.TOKEN_REFUSED, kubelet::isCompleted)) {
            throw JoinStop.because(
                    ErrorCode.REVOCATION_UNVERIFIED,
                    "the host of " + plan.nodeName() + " did not see its token refused within "
                            + JoinOptions.TOKEN_REFUSED.toSeconds() + " s of its deletion");
        }
        if (!kubelet.get().clientKeyDigest().equals(certificate.keyDigest())) {
            throw JoinStop.because(
                    ErrorCode.CSR_KEY_MISMATCH,
                    "the kubelet of " + plan.nodeName() + " does not hold the key that was approved");
        }
    }

    private Assignment command(HostCommand command) {
        return host.next(command, plan.request().deadline());
    }

    private String attempt() {
        return ", attempt " + plan.attempt();
    }

    private static TokenActivities tokens(String summary) {
        return Workflow.newActivityStub(TokenActivities.class, JoinOptions.effect(summary));
    }

    private static ServingActivities serving(ActivityOptions options) {
        return Workflow.newActivityStub(ServingActivities.class, options);
    }

    private static ClusterInfoActivities clusterInfo(String summary) {
        return Workflow.newActivityStub(ClusterInfoActivities.class, JoinOptions.effect(summary));
    }

    private NodeActivities watchNode(String summary, Duration limit) {
        return Workflow.newActivityStub(NodeActivities.class, JoinOptions.watch(summary + plan.nodeName(), limit));
    }
}

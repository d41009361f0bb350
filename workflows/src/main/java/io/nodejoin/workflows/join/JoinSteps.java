package io.nodejoin.workflows.join;

import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.Problem;
import io.nodejoin.protocol.agent.Assignment;
import io.nodejoin.protocol.agent.CommandMilestone;
import io.nodejoin.protocol.agent.EarlyPreparation;
import io.nodejoin.protocol.agent.HostCommand;
import io.nodejoin.protocol.agent.HostFacts;
import io.nodejoin.protocol.agent.HostResult;
import io.nodejoin.protocol.agent.TlsBootstrap;
import io.nodejoin.protocol.event.JoinRevocationUnverified;
import io.nodejoin.workflows.clusterinfo.ClusterInfoActivities;
import io.nodejoin.workflows.clusterinfo.DiscoveryInfo;
import io.nodejoin.workflows.compensation.CompensatingAction;
import io.nodejoin.workflows.compensation.Compensation;
import io.nodejoin.workflows.csr.AllowedServingSans;
import io.nodejoin.workflows.csr.CertificateResult;
import io.nodejoin.workflows.csr.CsrActivities;
import io.nodejoin.workflows.csr.ServingCertificateActivities;
import io.nodejoin.workflows.csr.ServingCertificateRequest;
import io.nodejoin.workflows.failure.JoinFailures;
import io.nodejoin.workflows.hostcommand.HostCommandClient;
import io.nodejoin.workflows.lifecycle.Enrollment;
import io.nodejoin.workflows.node.JoinedNode;
import io.nodejoin.workflows.node.NameAvailability;
import io.nodejoin.workflows.node.NameQuarantine;
import io.nodejoin.workflows.node.NodeActivities;
import io.nodejoin.workflows.node.NodeCreationResult;
import io.nodejoin.workflows.node.NodeIdentity;
import io.nodejoin.workflows.node.NodeObject;
import io.nodejoin.workflows.node.NodeState;
import io.nodejoin.workflows.temporal.LocalActivities;
import io.nodejoin.workflows.temporal.StepOptions;
import io.nodejoin.workflows.temporal.WorkflowTime;
import io.nodejoin.workflows.token.SealedToken;
import io.nodejoin.workflows.token.SpentToken;
import io.nodejoin.workflows.token.TokenActivities;
import io.nodejoin.workflows.token.TokenIssue;
import io.nodejoin.workflows.token.TokenRef;
import io.temporal.activity.ActivityOptions;
import io.temporal.failure.ApplicationFailure;
import io.temporal.workflow.Promise;
import io.temporal.workflow.Workflow;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The steps of a join. Each registers its compensation, acts, and throws the problem of an unwanted result. */
final class JoinSteps {
    private JoinPlan plan;
    private final Enrollment enrollment;
    private final HostCommandClient host;
    private final Compensation compensation;
    private final LocalActivities localActivities;
    private @Nullable EarlyPreparation earlyPreparation;
    private @Nullable Instant nameQuarantinedUntil;
    private @Nullable TokenRef revokedToken;
    private @Nullable Instant revokedAt;
    private @Nullable Instant rejectedAt;
    private @Nullable String createdUid;

    JoinSteps(
            JoinPlan plan,
            Enrollment enrollment,
            HostCommandClient host,
            Compensation compensation,
            LocalActivities localActivities) {
        this.plan = plan;
        this.enrollment = enrollment;
        this.host = host;
        this.compensation = compensation;
        this.localActivities = localActivities;
    }

    /** A request that was pending may start after its own deadline. */
    void requireDeadlineAhead() {
        if (!isDeadlineAhead()) {
            throw JoinFailures.of(plan.expiredBeforeStart());
        }
    }

    /** Starts a timer that ends at the deadline. */
    Promise<Void> startDeadlineTimer() {
        localActivities.awaitIdle();
        Duration left = timeLeft();
        return WorkflowTime.timer(
                "Deadline of the join of " + plan.nodeName(), left.isPositive() ? left : Duration.ofMillis(1));
    }

    void extendDeadline(Instant later) {
        plan = plan.withDeadline(later);
    }

    boolean isDeadlineAhead() {
        return timeLeft().isPositive();
    }

    private Duration timeLeft() {
        return Duration.between(WorkflowTime.now(), plan.deadline());
    }

    void pauseBeforeAttempt() {
        WorkflowTime.timer("Pause before attempt " + plan.attempt(), StepOptions.ATTEMPT_INTERVAL)
                .get();
    }

    DiscoveryInfo ensureClusterInfo() {
        String summary = "Ensure cluster-info of " + plan.spec().cluster();
        return localActivities.call(
                ClusterInfoActivities.class,
                StepOptions.read(summary),
                activities -> activities.ensure(plan.spec().cluster()));
    }

    /** Checks the name; waits for what is left of an earlier node. A declared re-join accepts a name that is still in use. */
    NameAvailability checkName() {
        NameAvailability state = inspectName();
        if (plan.spec().declaresRejoin()) {
            return state;
        }
        Instant end = WorkflowTime.now().plus(StepOptions.FREE_NAME_TIMEOUT);
        while (state instanceof NameAvailability.Temporary && WorkflowTime.now().isBefore(end)) {
            String summary = "Wait until nothing is left of an earlier node " + plan.nodeName();
            WorkflowTime.timer(summary, StepOptions.POLL_INTERVAL).get();
            state = inspectName();
        }
        requireFree(state);
        return state;
    }

    private NameAvailability inspectName() {
        String summary = "Inspect node name " + plan.nodeName();
        return localActivities.call(
                NodeActivities.class,
                StepOptions.read(summary),
                activities -> activities.checkName(plan.nameCheckRequest()));
    }

    private static void requireFree(NameAvailability state) {
        switch (state) {
            case NameAvailability.Taken taken -> throw JoinFailures.of(ErrorCode.NODE_NAME_IN_USE, taken.detail());
            case NameAvailability.Temporary left -> throw JoinFailures.of(ErrorCode.NODE_NAME_IN_USE, left.detail());
            case NameAvailability.Free _, NameAvailability.AlreadyJoined _ -> {}
        }
    }

    /** Returns the requested node, if it has already joined. */
    Optional<NameAvailability.AlreadyJoined> findAlreadyJoined(NameAvailability availability) {
        return availability instanceof NameAvailability.AlreadyJoined own
                        && !plan.spec().declaresRejoin()
                ? Optional.of(own)
                : Optional.empty();
    }

    /** Returns the agent's public key. */
    String awaitAgent() {
        return new AgentWait(plan.nodeName(), enrollment, host).await();
    }

    /** Checks the host; one that was prepared early passed the checks before, and repeats them with its start. */
    HostFacts checkHost(DiscoveryInfo discovery, NameAvailability availability) {
        earlyPreparation = enrollment.preparation().filter(plan::isMetBy).orElse(null);
        HostFacts facts = earlyPreparation == null ? runPreflight(discovery) : earlyPreparation.facts();
        plan.machineMismatch(facts).ifPresent(problem -> {
            throw JoinFailures.of(problem);
        });
        requireNotQuarantined(availability, facts);
        return facts;
    }

    /** Returns whether this problem is a command that the connected host did not answer. */
    boolean hasLostHost(Problem why) {
        return host.isConnected() && why.code() == ErrorCode.AGENT_UNREACHABLE;
    }

    private HostFacts runPreflight(DiscoveryInfo discovery) {
        if (plan.spec().declaresRejoin()) {
            resetBeforeRejoin();
        }
        return preflightUntilApiServerReachable(discovery).facts();
    }

    /**
     * Repeats the preflight while its only failure is that the host cannot reach the API server. Before each repetition
     * the service itself requests the API server, so that an outage of the API server is not reported as the host's.
     */
    private HostResult.PreflightPassed preflightUntilApiServerReachable(DiscoveryInfo discovery) {
        for (int preflights = 1; ; preflights++) {
            try {
                return host.execute(
                        host.repeatedAssignment(plan.preflightCommand(discovery), preflights, plan.deadline()),
                        HostResult.PreflightPassed.class,
                        StepOptions.PREFLIGHT_TIMEOUT,
                        ErrorCode.HOST_PREFLIGHT_FAILED);
            } catch (ApplicationFailure failed) {
                if (preflights == StepOptions.MAX_PREFLIGHTS || !cannotReachApiServer(failed)) {
                    throw failed;
                }
            }
            String summary = "Pause before another preflight of " + plan.nodeName();
            WorkflowTime.timer(summary, StepOptions.POLL_INTERVAL).get();
            ensureClusterInfo();
        }
    }

    private static boolean cannotReachApiServer(ApplicationFailure failed) {
        return JoinFailures.problemOf(failed).code() == ErrorCode.HOST_CANNOT_REACH_API_SERVER;
    }

    /**
     * Resets the host, since the residue of an earlier join would fail the preflight. Records it first, so that no later
     * request reports the Node of the earlier join as its result. No effect on a clean host.
     */
    private void resetBeforeRejoin() {
        String summary = "Record the reset of the host of node " + plan.nodeName();
        Workflow.newActivityStub(NodeActivities.class, StepOptions.write(summary))
                .markReset(plan.resetMarker());
        host.execute(
                host.preAttemptAssignment(new HostCommand.ResetHost(), plan.deadline()),
                HostResult.HostReset.class,
                StepOptions.RESET_HOST_TIMEOUT,
                ErrorCode.HOST_RESET_FAILED);
    }

    private void requireNotQuarantined(NameAvailability availability, HostFacts facts) {
        if (availability instanceof NameAvailability.Free free && free.quarantine() != null) {
            NameQuarantine quarantine = free.quarantine();
            quarantine.problemFor(facts.machineId()).ifPresent(problem -> {
                nameQuarantinedUntil = quarantine.until();
                throw JoinFailures.of(problem);
            });
        }
    }

    /** Returns when the quarantine of the name ends, if it applies to this machine. */
    @Nullable Instant nameQuarantinedUntil() {
        return nameQuarantinedUntil;
    }

    /** Deletes the machine's earlier Node: the last step of a declared re-join before its token. */
    void freeName(NameAvailability availability, HostFacts facts) {
        if (availability instanceof NameAvailability.Free) {
            return;
        }
        NodeActivities nodes = Workflow.newActivityStub(
                NodeActivities.class,
                StepOptions.watch("Delete the earlier node " + plan.nodeName(), StepOptions.FREE_NAME_TIMEOUT));
        NameAvailability freedName =
                nodes.freeName(plan.freeNameRequest(enrollment.publicKey().orElseThrow(), facts, WorkflowTime.now()));
        requireFree(freedName);
        requireNotQuarantined(freedName, facts);
    }

    /** Returns the digest of the key that the host has created for its kubelet; null if the kubelet creates it itself. */
    @Nullable String prepareHost() {
        compensation.register(new CompensatingAction.ResetHost());
        return earlyPreparation == null ? executePrepareHost() : earlyPreparation.kubeletKeyDigest();
    }

    private @Nullable String executePrepareHost() {
        HostResult.HostPrepared prepared = host.execute(
                nextAssignment(plan.prepareHostCommand()),
                HostResult.HostPrepared.class,
                StepOptions.PREPARE_HOST_TIMEOUT,
                ErrorCode.HOST_PREPARE_FAILED);
        return switch (plan.request().policy().tlsBootstrap()) {
            case KUBELET -> null;
            case AGENT -> requireKubeletKey(prepared);
        };
    }

    private String requireKubeletKey(HostResult.HostPrepared prepared) {
        if (prepared.kubeletKeyDigest() == null) {
            throw JoinFailures.of(
                    ErrorCode.HOST_PREPARE_FAILED, "the host of " + plan.nodeName() + " has no key for its kubelet");
        }
        return prepared.kubeletKeyDigest();
    }

    /** Creates the Node, so that the kubelet finds it, unless the kubelet shall create it. */
    void createNode() {
        if (plan.request().policy().nodeObject() == NodeObject.KUBELET) {
            return;
        }
        compensation.register(new CompensatingAction.DeleteCreatedNode(plan.createdNode(), null));
        NodeCreationResult result = localActivities.call(
                NodeActivities.class,
                StepOptions.write("Create node " + plan.nodeName() + attemptSuffix()),
                activities -> activities.create(plan.nodeCreation()));
        switch (result) {
            case NodeCreationResult.Created(String uid) -> {
                createdUid = uid;
                compensation.register(new CompensatingAction.DeleteCreatedNode(plan.createdNode(), uid));
            }
            case NodeCreationResult.NameTaken(String detail) ->
                throw JoinFailures.of(ErrorCode.NODE_NAME_IN_USE, detail);
        }
    }

    /** Issues the token under an id that is drawn here, so that its compensation is registered before it can exist. */
    JoinState.TokenIssued issueToken(JoinState.HostPrepared prepared) {
        for (int draws = 0; draws < StepOptions.MAX_TOKEN_ID_DRAWS; draws++) {
            TokenRef token = plan.drawToken(Workflow.randomUUID());
            Instant issuedAt = WorkflowTime.now();
            if (issueToken(token, prepared) instanceof TokenIssue.Issued(SealedToken sealed)) {
                return prepared.tokenIssued(token, sealed, issuedAt);
            }
        }
        throw JoinFailures.of(
                ErrorCode.OBJECT_CONFLICT, StepOptions.MAX_TOKEN_ID_DRAWS + " random token ids in a row are in use");
    }

    /**
     * Issues a token of this id. If the id is in use, it stays unconfirmed, and the garbage collector, which knows each
     * entry's owner, deletes the join's ledger entry in place of the workflow.
     */
    private TokenIssue issueToken(TokenRef token, JoinState.HostPrepared prepared) {
        var revocation = new CompensatingAction.RevokeToken(token);
        var signatureRemoval = new CompensatingAction.RemoveSignature(token);
        compensation.registerRequested(revocation);
        compensation.registerRequested(signatureRemoval);
        String summary = "Issue bootstrap token " + token.tokenId() + " for " + plan.nodeName() + attemptSuffix();
        TokenIssue result = localActivities.call(
                TokenActivities.class,
                StepOptions.issueToken(summary),
                activities -> activities.issue(plan.tokenRequest(token, prepared)));
        if (result instanceof TokenIssue.Issued(SealedToken sealed) && sealed.createAttempts() <= 1) {
            compensation.markConfirmed(revocation);
            compensation.markConfirmed(signatureRemoval);
        }
        return result;
    }

    /** Returns the command that transfers the token; afterwards the host can create a CSR and register. */
    Assignment startKubeletCommand(JoinState.TokenIssued issued) {
        Assignment start = nextAssignment(plan.startKubeletCommand(issued, earlyPreparation != null));
        compensation.register(new CompensatingAction.QuarantineName(
                plan.node(), issued.token(), issued.facts().machineId(), issued.kubeletKeyDigest(), start));
        compensation.register(new CompensatingAction.DenyPendingCsrs(issued.token()));
        compensation.register(new CompensatingAction.DeleteUnobservedNode(plan.node(), issued.token(), issued.facts()));
        compensation.register(new CompensatingAction.DenyLateCsrs(issued.token()));
        return start;
    }

    /** Starts the kubelet. Completes only after the token is rejected. */
    HostResult.KubeletBootstrapped startKubelet(Assignment start) {
        HostResult.KubeletBootstrapped bootstrapped =
                host.execute(start, HostResult.KubeletBootstrapped.class, timeLeft(), ErrorCode.REVOCATION_UNVERIFIED);
        rejectedAt = WorkflowTime.now();
        return bootstrapped;
    }

    CertificateResult.Issued awaitCertificate(JoinState.TokenIssued issued) {
        String summary = "Decide certificate request of " + plan.nodeName() + ", token "
                + issued.token().tokenId();
        CsrActivities certificates = Workflow.newActivityStub(
                CsrActivities.class,
                StepOptions.byApprover(StepOptions.watch(summary, StepOptions.CERTIFICATE_TIMEOUT)));
        Instant deadline = plan.capAtDeadline(WorkflowTime.now(), StepOptions.CERTIFICATE_TIMEOUT);
        return switch (certificates.decide(
                plan.csrDecisionRequest(issued, deadline).ofCreatedNode(createdUid))) {
            case CertificateResult.Issued certificate -> {
                compensation.markCertificateIssued();
                yield certificate;
            }
            case CertificateResult.Denied denied -> throw JoinFailures.of(denied.problem());
            case CertificateResult.TimedOut missing -> throw JoinFailures.of(missing.problem());
        };
    }

    /** Waits for a kubelet that requests its certificate itself to start. */
    void awaitRequestingKubelet(Assignment start, Promise<CertificateResult.Issued> certificate) {
        if (plan.request().policy().tlsBootstrap() == TlsBootstrap.KUBELET) {
            awaitKubeletActive(start, certificate);
        }
    }

    /**
     * Waits for the milestone of a running kubelet.
     *
     * @param evidence completes with what only a running kubelet does
     */
    void awaitKubeletActive(Assignment start, Promise<?> evidence) {
        boolean active = WorkflowTime.awaitWithCatchUp(
                "Wait for the kubelet's start on " + plan.nodeName(),
                StepOptions.KUBELET_ACTIVE_TIMEOUT,
                () -> host.hasReached(start, CommandMilestone.KubeletActive)
                        || (evidence.isCompleted() && evidence.getFailure() == null));
        if (!active) {
            throw JoinFailures.of(
                    ErrorCode.KUBELET_NOT_STARTED,
                    "the kubelet of " + plan.nodeName() + " was not active within "
                            + StepOptions.KUBELET_ACTIVE_TIMEOUT.toSeconds() + " s");
        }
    }

    /** Returns the Node as it registered, or as Ready if it was so right after. */
    NodeState.Present awaitRegistered(JoinState.CertificateIssued state) {
        NodeActivities nodes = watchNodeActivities(
                "Wait for registration of node ", StepOptions.REGISTRATION_TIMEOUT.plus(StepOptions.PROMPT_READY));
        NodeState answer = nodes.awaitRegistered(plan.registrationRequest(
                        state, plan.capAtDeadline(WorkflowTime.now(), StepOptions.REGISTRATION_TIMEOUT))
                .ofCreatedNode(createdUid));
        NodeState.Present node = switch (answer) {
            case NodeState.Present present -> present;
            case NodeState.Failed refused -> throw JoinFailures.of(refused.problem());
        };
        compensation.register(new CompensatingAction.DeleteNode(new NodeIdentity(plan.node(), node.uid())));
        compensation.withdraw(CompensatingAction.DeleteCreatedNode.class);
        return node;
    }

    /** Records the node, so that a later request finds that it has joined, and a leave that a join created it. */
    boolean recordJoinedNode(JoinState.KubeletStarted state, String uid) {
        JoinedNode node =
                plan.joinedNode(uid, state.facts(), enrollment.publicKey().orElseThrow());
        localActivities.run(
                NodeActivities.class,
                StepOptions.write("Record the machine of node " + plan.nodeName()),
                activities -> activities.recordJoined(node));
        return true;
    }

    /** Waits for a Ready node, unless it is so already; once more if the deadline was extended meanwhile. */
    NodeState.Ready awaitReady(JoinState.KubeletStarted state, NodeState.Present node) {
        if (node instanceof NodeState.Ready ready) {
            return ready;
        }
        while (true) {
            Instant deadline = plan.deadline();
            switch (awaitReadyOnce(state, node.uid())) {
                case NodeState.Ready ready -> {
                    return ready;
                }
                case NodeState.Failed late
                when late.problem().code() == ErrorCode.NODE_NOT_READY
                        && plan.deadline().isAfter(deadline) -> {}
                case NodeState.Failed refused -> throw JoinFailures.of(refused.problem());
                case NodeState.Registered _ ->
                    throw JoinFailures.of(ErrorCode.INTERNAL, "a node was reported as registered instead of Ready");
            }
        }
    }

    private NodeState awaitReadyOnce(JoinState.KubeletStarted state, String uid) {
        Instant now = WorkflowTime.now();
        return watchNodeActivities("Wait for Ready of node ", Duration.between(now, plan.readyDeadline(now)))
                .awaitReady(plan.readyRequest(state, uid, now));
    }

    /** Returns whether the join requests a serving certificate; if so, the node has one for exactly the declared SANs. */
    boolean awaitServingCertificate(String uid) {
        boolean wanted = plan.spec().requestsServingCertificate();
        if (wanted) {
            AllowedServingSans sans = plan.allowedServingSans(uid);
            compensation.register(new CompensatingAction.DisallowServingSans(sans));
            servingActivities(StepOptions.write("Allow serving SANs of node " + plan.nodeName()))
                    .allowSans(sans);
            awaitServingIssued(sans);
        }
        return wanted;
    }

    private void awaitServingIssued(AllowedServingSans sans) {
        Instant deadline = plan.capAtDeadline(WorkflowTime.now(), StepOptions.SERVING_CERTIFICATE_TIMEOUT);
        String summary = "Wait for serving certificate of node " + plan.nodeName();
        ServingCertificateActivities serving =
                servingActivities(StepOptions.watch(summary, StepOptions.SERVING_CERTIFICATE_TIMEOUT));
        switch (serving.awaitIssued(new ServingCertificateRequest(sans, deadline))) {
            case CertificateResult.Issued _ -> {}
            case CertificateResult.Denied denied -> throw JoinFailures.of(denied.problem());
            case CertificateResult.TimedOut missing -> throw JoinFailures.of(missing.problem());
        }
    }

    /**
     * Deletes the token and its signature once the host has its certificate: a kubelet that the agent starts has it from the start.
     *
     * @param registered completes when the node has registered, which it does with its certificate
     */
    TokenRef revokeToken(JoinState.TokenIssued issued, Assignment start, Promise<?> registered) {
        boolean startsWithCertificate = plan.request().policy().tlsBootstrap() == TlsBootstrap.AGENT;
        Workflow.await(() -> registered.isCompleted()
                || (startsWithCertificate && host.hasReached(start, CommandMilestone.KubeletActive)));
        TokenRef token = issued.token();
        localActivities.run(
                TokenActivities.class,
                StepOptions.write("Revoke bootstrap token " + token.tokenId() + " and remove its signature"),
                activities -> activities.revoke(token));
        revokedToken = token;
        revokedAt = WorkflowTime.now();
        return token;
    }

    /**
     * Denies all but the approved CSR of the token until the host has observed the token's rejection, since later ones
     * cannot exist. Then deletes the ledger entry. Another key fails the attempt at once if the host's was not known.
     *
     * @param refused completes when the host has observed the rejection
     */
    TokenRef settleToken(
            JoinState.TokenIssued issued,
            Promise<CertificateResult.Issued> certificate,
            Promise<TokenRef> revoked,
            Promise<?> refused) {
        certificate.get();
        denyRivalsUntilRejection(issued, revoked, refused);
        TokenRef token = revoked.get();
        if (compensation.isEveryRequestConfirmed()) {
            SpentToken spent = new SpentToken(token, revokedAt, rejectedAt);
            localActivities.run(
                    TokenActivities.class,
                    StepOptions.write("Delete ledger entry of bootstrap token " + token.tokenId()),
                    activities -> activities.deleteLedgerEntry(spent));
        }
        return token;
    }

    /** Returns what to report of a token that is deleted, but that the API server has not been seen to reject. */
    Optional<JoinRevocationUnverified> unverifiedRevocation() {
        return revokedToken == null || revokedAt == null || rejectedAt != null
                ? Optional.empty()
                : Optional.of(plan.revocationUnverified(revokedToken, revokedAt));
    }

    private void denyRivalsUntilRejection(JoinState.TokenIssued issued, Promise<TokenRef> revoked, Promise<?> refused) {
        boolean keyKnown = issued.kubeletKeyDigest() != null;
        Duration watch = StepOptions.RIVAL_CSR_WATCH;
        Instant end = Instant.MAX;
        do {
            denyOthers(issued, watch);
            watch = keyKnown ? StepOptions.RIVAL_CSR_WATCH : StepOptions.RIVAL_CSR_RECHECK;
            if (revoked.isCompleted() && end.equals(Instant.MAX)) {
                revoked.get();
                end = WorkflowTime.now().plus(StepOptions.LATE_CSR_WINDOW);
            }
        } while (!refused.isCompleted() && WorkflowTime.now().isBefore(end));
        if (!keyKnown) { // only now can no other key appear, and the approved one is the host's if there is none
            denyOthers(issued, Duration.ZERO);
        }
    }

    private void denyOthers(JoinState.TokenIssued issued, Duration watch) {
        String summary =
                "Deny other certificate requests of token " + issued.token().tokenId();
        CsrActivities certificates = Workflow.newActivityStub(
                CsrActivities.class, StepOptions.byApprover(StepOptions.write(summary, watch)));
        if (certificates.denyOthers(
                        plan.csrDecisionRequest(issued, WorkflowTime.now().plus(watch))
                                .ofCreatedNode(createdUid))
                instanceof CertificateResult.Denied denied) {
            throw JoinFailures.of(denied.problem());
        }
    }

    /**
     * Requires of a kubelet that has created its key that it has the approved one: only then is the registered node the
     * enrolled machine.
     */
    void requireSameKey(Promise<HostResult.KubeletBootstrapped> kubelet, CertificateResult.Issued certificate) {
        String summary = "Wait until the host of " + plan.nodeName() + " observes that its token is rejected";
        if (!WorkflowTime.awaitWithCatchUp(summary, StepOptions.TOKEN_REFUSED_TIMEOUT, kubelet::isCompleted)) {
            throw JoinFailures.of(
                    ErrorCode.REVOCATION_UNVERIFIED,
                    "the host of " + plan.nodeName() + " did not observe the rejection of its token within "
                            + StepOptions.TOKEN_REFUSED_TIMEOUT.toSeconds() + " s of its deletion");
        }
        if (!kubelet.get().clientKeyDigest().equals(certificate.keyDigest())) {
            throw JoinFailures.of(
                    ErrorCode.CSR_KEY_MISMATCH,
                    "the kubelet of " + plan.nodeName() + " does not have the approved key");
        }
    }

    private Assignment nextAssignment(HostCommand command) {
        return host.nextAssignment(command, plan.deadline());
    }

    private String attemptSuffix() {
        return ", attempt " + plan.attempt();
    }

    private static ServingCertificateActivities servingActivities(ActivityOptions options) {
        return Workflow.newActivityStub(ServingCertificateActivities.class, StepOptions.byApprover(options));
    }

    private NodeActivities watchNodeActivities(String summary, Duration limit) {
        return Workflow.newActivityStub(NodeActivities.class, StepOptions.watch(summary + plan.nodeName(), limit));
    }
}

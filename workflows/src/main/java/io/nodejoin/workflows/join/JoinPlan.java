package io.nodejoin.workflows.join;

import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.NodeName;
import io.nodejoin.protocol.Problem;
import io.nodejoin.protocol.agent.EarlyPreparation;
import io.nodejoin.protocol.agent.HostCommand;
import io.nodejoin.protocol.agent.HostFacts;
import io.nodejoin.protocol.discovery.TokenId;
import io.nodejoin.protocol.event.JoinRequested;
import io.nodejoin.protocol.event.JoinRevocationUnverified;
import io.nodejoin.protocol.event.RequestedMachine;
import io.nodejoin.protocol.event.Taint;
import io.nodejoin.workflows.clusterinfo.DiscoveryInfo;
import io.nodejoin.workflows.csr.AllowedServingSans;
import io.nodejoin.workflows.csr.CsrDecisionRequest;
import io.nodejoin.workflows.hostcommand.CommandTarget;
import io.nodejoin.workflows.lifecycle.JoinRequest;
import io.nodejoin.workflows.node.CreatedNodeRef;
import io.nodejoin.workflows.node.FreeNameRequest;
import io.nodejoin.workflows.node.JoinedNode;
import io.nodejoin.workflows.node.NameCheckRequest;
import io.nodejoin.workflows.node.NodeCreation;
import io.nodejoin.workflows.node.NodeIdentity;
import io.nodejoin.workflows.node.NodeRef;
import io.nodejoin.workflows.node.ReadyConditions;
import io.nodejoin.workflows.node.ReadyRequest;
import io.nodejoin.workflows.node.RegistrationRequest;
import io.nodejoin.workflows.node.ResetMarker;
import io.nodejoin.workflows.temporal.StepOptions;
import io.nodejoin.workflows.token.TokenRef;
import io.nodejoin.workflows.token.TokenRequest;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The requests and commands of each step of an attempt. Pure: they depend on the join's request, its state and the given
 * time only.
 *
 * @param attempt number of the attempt, from 1
 * @param deadline of the join: that of the request, or a later one
 */
record JoinPlan(JoinRequest request, int attempt, Instant deadline) {
    private static final int TOKEN_ID_RADIX = 36;
    /** The number of token ids: six digits of this radix, a-z and 0-9. */
    private static final long TOKEN_IDS = 2_176_782_336L;

    JoinPlan(JoinRequest request, int attempt) {
        this(request, attempt, request.deadline());
    }

    JoinPlan withDeadline(Instant later) {
        return new JoinPlan(request, attempt, later);
    }

    JoinRequested spec() {
        return request.spec();
    }

    NodeName nodeName() {
        return spec().nodeName();
    }

    NodeRef node() {
        return new NodeRef(spec().cluster(), nodeName());
    }

    NameCheckRequest nameCheckRequest() {
        return new NameCheckRequest(
                node(),
                request.joinId(),
                request.enrollment(),
                spec().providerId(),
                spec().labels(),
                spec().readyGates());
    }

    FreeNameRequest freeNameRequest(String publicKey, HostFacts facts, Instant now) {
        return new FreeNameRequest(
                node(),
                publicKey,
                facts.machineId(),
                facts.systemUuid(),
                request.requiredPool(),
                capAtDeadline(now, StepOptions.FREE_NAME_TIMEOUT));
    }

    /** Returns the problem of a host that is not the machine of the request, by what it says of itself. */
    Optional<Problem> machineMismatch(HostFacts facts) {
        RequestedMachine machine = spec().machine();
        String wanted = machine == null ? null : machine.systemUuid();
        return wanted == null || wanted.equalsIgnoreCase(facts.systemUuid())
                ? Optional.empty()
                : Optional.of(new Problem(
                        ErrorCode.MACHINE_MISMATCH,
                        "the host of " + nodeName() + " has the system UUID " + facts.systemUuid()
                                + ", the request names " + wanted));
    }

    CreatedNodeRef createdNode() {
        return new CreatedNodeRef(node(), request.joinId(), attempt);
    }

    NodeCreation nodeCreation() {
        return new NodeCreation(createdNode(), spec().providerId(), spec().labels(), spec().taints());
    }

    ResetMarker resetMarker() {
        return new ResetMarker(node(), request.joinId());
    }

    JoinedNode joinedNode(String uid, HostFacts facts, String publicKey) {
        return new JoinedNode(
                new NodeIdentity(node(), uid),
                request.joinId(),
                request.enrollment(),
                publicKey,
                facts.machineId(),
                facts.systemUuid(),
                spec());
    }

    /** Returns the earlier of a step's own limit and the join's deadline. */
    Instant capAtDeadline(Instant now, Duration limit) {
        Instant limited = now.plus(limit);
        return limited.isBefore(deadline) ? limited : deadline;
    }

    /** Returns until when the join waits for a Ready node: somebody who extended its deadline wants it to wait. */
    Instant readyDeadline(Instant now) {
        return deadline.isAfter(request.deadline()) ? deadline : capAtDeadline(now, StepOptions.READY_TIMEOUT);
    }

    CommandTarget commandTarget() {
        return new CommandTarget(node(), request.joinId(), attempt);
    }

    HostCommand.Preflight preflightCommand(DiscoveryInfo discovery) {
        return new HostCommand.Preflight(
                spec().hostProfile(),
                discovery.kubernetesVersion(),
                discovery.apiServer(),
                nodeIp(),
                request.policy().kubeletDigests(),
                request.policy().hostSettings(),
                spec().podCidr());
    }

    HostCommand.PrepareHost prepareHostCommand() {
        return new HostCommand.PrepareHost(
                spec().hostProfile(),
                request.policy().tlsBootstrap(),
                request.policy().hostSettings(),
                spec().podCidr());
    }

    /** @param verified whether the host verifies that it is still as it was prepared early */
    HostCommand startKubeletCommand(JoinState.TokenIssued issued, boolean verified) {
        DiscoveryInfo discovery = issued.discovery();
        return new HostCommand.StartKubelet(
                discovery.apiServer(),
                discovery.caPins(),
                discovery.uid(),
                issued.token().tokenId(),
                issued.sealed().jwe(),
                request.policy().tlsBootstrap(),
                new HostCommand.KubeletSettings(
                        nodeIp(),
                        spec().providerId(),
                        spec().taints(),
                        spec().requestsServingCertificate() ? Boolean.TRUE : null),
                request.policy().kubeletDigests(),
                request.policy().hostSettings(),
                verified ? preflightCommand(discovery) : null,
                expirationSeconds());
    }

    /**
     * Returns whether a host that was prepared before this join needs no other preparation. A later attempt prepares the
     * host anew after its reset, and so does a re-join.
     */
    boolean isMetBy(EarlyPreparation preparation) {
        return attempt == 1 && !spec().declaresRejoin() && preparation.command().hasEffectOf(prepareHostCommand());
    }

    /**
     * Returns a token whose id is made of this random number. The id may be predictable: cluster-info shows it to
     * everybody, and only the secret authenticates.
     */
    TokenRef drawToken(UUID random) {
        long number = Long.remainderUnsigned(random.getLeastSignificantBits(), TOKEN_IDS);
        String digits = Long.toString(TOKEN_IDS + number, TOKEN_ID_RADIX);
        return new TokenRef(spec().cluster(), request.joinId(), new TokenId(digits.substring(1)));
    }

    TokenRequest tokenRequest(TokenRef token, JoinState.HostPrepared host) {
        DiscoveryInfo discovery = host.discovery();
        return new TokenRequest(
                token,
                nodeName(),
                host.facts().machineId(),
                attempt,
                discovery.uid(),
                discovery.kubeconfig(),
                host.publicKey(),
                host.kubeletKeyDigest(),
                request.policy().tokenTtl(),
                deadline);
    }

    /** Returns the request with the window in which CSRs are accepted, by the clock of the API server that dates them. */
    CsrDecisionRequest csrDecisionRequest(JoinState.TokenIssued issued, Instant deadline) {
        Instant createdAt = issued.sealed().createdAt();
        return new CsrDecisionRequest(
                issued.token(),
                nodeName(),
                request.policy().approval(),
                issued.kubeletKeyDigest(),
                issued.createdUid(),
                createdAt,
                createdAt.plus(Duration.between(issued.issuedAt(), deadline)),
                deadline,
                expirationSeconds());
    }

    /** The token of a kubelet that requests its certificate itself is revoked once the node registers, so nothing else is awaited. */
    RegistrationRequest registrationRequest(JoinState.CertificateIssued state, Instant deadline) {
        RegistrationRequest registration = RegistrationRequest.of(
                        node(), state.facts(), state.certificate().approvedAt(), deadline)
                .ofCreatedNode(state.createdUid());
        return switch (request.policy().tlsBootstrap()) {
            case AGENT -> registration.untilReady(readyConditions(state.tokenValidFrom()));
            case KUBELET -> registration;
        };
    }

    ReadyRequest readyRequest(JoinState.KubeletStarted state, String uid, Instant now) {
        return RegistrationRequest.of(node(), state.facts(), state.certificate().approvedAt(), deadline)
                .readyRequest(uid, readyConditions(state.tokenValidFrom()), readyDeadline(now));
    }

    private ReadyConditions readyConditions(Instant readyAfter) {
        return new ReadyConditions(readyAfter, spec().labels(), missingTaints(), spec().readyGates());
    }

    /** A Node that the join has created had its taints from the start: whoever has removed one is done waiting. */
    private List<Taint> missingTaints() {
        return switch (request.policy().nodeObject()) {
            case NODEJOIN -> List.of();
            case KUBELET -> spec().taints();
        };
    }

    AllowedServingSans allowedServingSans(String uid) {
        return new AllowedServingSans(new NodeIdentity(node(), uid), request.joinId(), spec().addresses());
    }

    /** Returns whether another attempt may follow one that failed with this problem. */
    boolean allowsAnotherAttempt(Problem why, Instant now) {
        return attempt < StepOptions.MAX_ATTEMPTS
                && why.code().retryableByAnotherAttempt()
                && !now.plus(StepOptions.MIN_TIME_FOR_ATTEMPT).isAfter(deadline);
    }

    JoinRevocationUnverified revocationUnverified(TokenRef token, Instant revokedAt) {
        return new JoinRevocationUnverified(spec().cluster(), nodeName(), request.joinId(), token.tokenId(), revokedAt);
    }

    Problem expiredBeforeStart() {
        return new Problem(
                ErrorCode.JOIN_DEADLINE_EXCEEDED,
                "the deadline " + deadline + " of the join of " + nodeName() + " passed before it began");
    }

    Problem deadlineExceeded(JoinState state) {
        return new Problem(
                ErrorCode.JOIN_DEADLINE_EXCEEDED,
                "the deadline " + deadline + " of the join of " + nodeName() + " passed while it waited for "
                        + state.waitingFor());
    }

    private @Nullable Integer expirationSeconds() {
        Duration lifetime = request.policy().certificateLifetime();
        return lifetime == null ? null : Math.toIntExact(lifetime.toSeconds());
    }

    /** A kubelet requests its serving certificate for all its node IPs, so it gets all declared ones if it requests one. */
    private @Nullable String nodeIp() {
        if (spec().requestsServingCertificate()) {
            return String.join(",", spec().addresses());
        }
        return spec().addresses().isEmpty() ? null : spec().addresses().getFirst();
    }
}

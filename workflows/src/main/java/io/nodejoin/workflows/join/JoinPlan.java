package io.nodejoin.workflows.join;

import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.NodeName;
import io.nodejoin.protocol.Problem;
import io.nodejoin.protocol.agent.HostCommand;
import io.nodejoin.protocol.agent.HostFacts;
import io.nodejoin.protocol.discovery.TokenId;
import io.nodejoin.protocol.join.JoinRequested;
import io.nodejoin.workflows.certificate.CertificateOrder;
import io.nodejoin.workflows.certificate.ServingInventory;
import io.nodejoin.workflows.clusterinfo.ClusterTrust;
import io.nodejoin.workflows.node.JoinedNode;
import io.nodejoin.workflows.node.NameOrder;
import io.nodejoin.workflows.node.NodeIdentity;
import io.nodejoin.workflows.node.NodeRef;
import io.nodejoin.workflows.node.ReadyOrder;
import io.nodejoin.workflows.node.RegistrationOrder;
import io.nodejoin.workflows.node.ReplaceOrder;
import io.nodejoin.workflows.node.ResetMark;
import io.nodejoin.workflows.token.TokenRef;
import io.nodejoin.workflows.token.TokenRequest;
import io.nodejoin.workflows.token.TokenReservation;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/**
 * What each step of a join is asked to do. Pure: orders follow from the request, the state and the time that is handed in.
 *
 * @param attempt counts the join's tokens, from 1
 */
record JoinPlan(JoinRequest request, int attempt) {

    JoinRequested wanted() {
        return request.wanted();
    }

    NodeName nodeName() {
        return wanted().nodeName();
    }

    NodeRef node() {
        return new NodeRef(wanted().cluster(), nodeName());
    }

    NameOrder name() {
        return new NameOrder(
                node(), wanted().enrollment(), wanted().providerId(), wanted().labels(), wanted().readyGates());
    }

    ReplaceOrder replace(HostFacts facts, Instant now) {
        return new ReplaceOrder(node(), facts.machineId(), facts.systemUuid(), cut(now, JoinOptions.OLD_NODE_GONE));
    }

    ResetMark resetMark() {
        return new ResetMark(node(), request.joinId());
    }

    JoinedNode joined(String uid, HostFacts facts, String publicKey) {
        return new JoinedNode(
                new NodeIdentity(node(), uid),
                request.joinId(),
                wanted().enrollment(),
                publicKey,
                facts.machineId(),
                facts.systemUuid(),
                wanted());
    }

    /** The earlier of a step's own limit and the join's deadline. */
    Instant cut(Instant now, Duration limit) {
        Instant own = now.plus(limit);
        return own.isBefore(request.deadline()) ? own : request.deadline();
    }

    Addressee addressee() {
        return new Addressee(node(), request.joinId(), attempt);
    }

    HostCommand preflight(ClusterTrust trust) {
        return new HostCommand.Preflight(
                wanted().hostProfile(),
                trust.kubernetesVersion(),
                trust.apiServer(),
                nodeIp(),
                request.terms().kubeletDigests(),
                request.terms().hosts(),
                wanted().podCidr());
    }

    HostCommand prepareHost() {
        return new HostCommand.PrepareHost(
                wanted().hostProfile(), request.terms().hosts(), wanted().podCidr());
    }

    HostCommand startKubelet(JoinState.TokenIssued issued) {
        ClusterTrust trust = issued.trust();
        return new HostCommand.StartKubelet(
                trust.apiServer(),
                trust.caPins(),
                trust.uid(),
                issued.token().tokenId(),
                issued.sealed().jwe(),
                new HostCommand.KubeletSettings(
                        nodeIp(),
                        wanted().providerId(),
                        wanted().taints(),
                        wanted().wantsServingCertificate() ? Boolean.TRUE : null),
                request.terms().kubeletDigests(),
                request.terms().hosts());
    }

    /** The API server reads expiry to the second. */
    Instant tokenExpiry(Instant now) {
        return cut(now, request.terms().tokenTtl()).truncatedTo(ChronoUnit.SECONDS);
    }

    /** The reservation is made before the host is ready for a token, so it must outlast any token of this join. */
    TokenReservation reservation(HostFacts facts) {
        return new TokenReservation(
                wanted().cluster(), request.joinId(), nodeName(), facts.machineId(), attempt, request.deadline());
    }

    TokenRef token(TokenId id) {
        return new TokenRef(wanted().cluster(), request.joinId(), id);
    }

    TokenRequest tokenRequest(TokenRef token, JoinState.HostPrepared host, Instant expiresAt) {
        ClusterTrust trust = host.trust();
        return new TokenRequest(
                token, nodeName(), attempt, trust.uid(), trust.kubeconfig(), host.publicKey(), expiresAt);
    }

    /** The API server stamps requests by its own clock, so their window is as long as ours but begins at its own time. */
    CertificateOrder certificate(JoinState.TokenIssued issued, Instant deadline) {
        Instant createdAt = issued.sealed().createdAt();
        return new CertificateOrder(
                issued.token(),
                nodeName(),
                request.terms().approval(),
                createdAt,
                createdAt.plus(Duration.between(issued.issuedAt(), deadline)),
                deadline);
    }

    /** Creation times of objects have no fraction of a second. */
    RegistrationOrder registration(HostFacts facts, Instant approvedAt, Instant deadline) {
        return new RegistrationOrder(
                node(), approvedAt.truncatedTo(ChronoUnit.SECONDS), facts.machineId(), facts.systemUuid(), deadline);
    }

    ReadyOrder ready(JoinState.CertificateIssued state, String uid, Instant now) {
        return new ReadyOrder(
                new NodeIdentity(node(), uid),
                state.validFrom(),
                state.facts().machineId(),
                state.facts().systemUuid(),
                wanted().labels(),
                wanted().taints(),
                wanted().readyGates(),
                cut(now, JoinOptions.NODE_READY));
    }

    ServingInventory servingInventory(String uid) {
        return new ServingInventory(new NodeIdentity(node(), uid), request.joinId(), wanted().addresses());
    }

    /** Whether the join may try once more, now that this attempt has failed so. */
    boolean allowsAnotherAttempt(Problem why, Instant now) {
        return attempt < JoinOptions.ATTEMPTS
                && why.code().retryableByAnotherAttempt()
                && !now.plus(JoinOptions.LEAST_FOR_AN_ATTEMPT).isAfter(request.deadline());
    }

    Problem expired() {
        return new Problem(
                ErrorCode.JOIN_DEADLINE_EXCEEDED,
                "the deadline " + request.deadline() + " of the join of " + nodeName() + " passed before it began");
    }

    Problem deadlineExceeded(JoinState state) {
        return new Problem(
                ErrorCode.JOIN_DEADLINE_EXCEEDED,
                "the deadline " + request.deadline() + " of the join of " + nodeName() + " passed while it waited for "
                        + state.waitingFor());
    }

    /** A kubelet asks to serve as each of its node IPs: where that matters it is told all that were declared. */
    private @Nullable String nodeIp() {
        if (wanted().wantsServingCertificate()) {
            return String.join(",", wanted().addresses());
        }
        return wanted().addresses().isEmpty() ? null : wanted().addresses().getFirst();
    }
}

package io.nodejoin.activities.kubernetes.csr;

import io.fabric8.kubernetes.api.model.certificates.v1.CertificateSigningRequest;
import io.nodejoin.activities.ActingRight;
import io.nodejoin.activities.ActivityLease;
import io.nodejoin.activities.audit.AuditLog;
import io.nodejoin.activities.kubernetes.ClusterClients;
import io.nodejoin.activities.kubernetes.ResourceHints;
import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.Problem;
import io.nodejoin.protocol.discovery.TokenId;
import io.nodejoin.workflows.certificate.CertificateActivities;
import io.nodejoin.workflows.certificate.CertificateDecision;
import io.nodejoin.workflows.certificate.CertificateOrder;
import io.nodejoin.workflows.certificate.DeniedRequests;
import io.nodejoin.workflows.certificate.IssuedCertificates;
import io.nodejoin.workflows.node.NodeRef;
import io.nodejoin.workflows.node.NodeState;
import io.nodejoin.workflows.token.TokenRef;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Decides by {@link CertificateRules} what a token's kubelet asks for. One shared watch per cluster brings the requests. */
public final class KubernetesCertificateActivities implements CertificateActivities, AutoCloseable {
    /** While a kubelet starts its request comes within seconds: a watch that stalls just then costs no more than this. */
    private static final Duration EARLY_POLL = Duration.ofSeconds(1);

    private static final Duration POLL = Duration.ofSeconds(5);
    private static final int EARLY_POLLS = 10;
    private static final int ROUNDS_OF_DENIAL = 3;

    private final AuditLog audit;
    private final ResourceHints<CertificateSigningRequest> hints;
    private final RequestBoards boards;

    public KubernetesCertificateActivities(ClusterClients clients, AuditLog audit) {
        this.boards = new RequestBoards(clients, CertificateRules.SIGNER);
        this.audit = audit;
        this.hints = RequestHints.to(
                CertificateRules.SIGNER, clients, request -> request.getSpec().getUsername());
    }

    @Override
    public CertificateDecision decide(CertificateOrder order) {
        ActivityLease lease = ActivityLease.begin();
        TokenRef token = order.token();
        String user = token.tokenId().user();
        RequestBoard board = boards.of(token.cluster());
        Approver approver = new Approver(board, decisions(token, board, lease));
        try (var hint = hints.on(token.cluster(), user)) {
            Optional<CertificateDecision> decision = approver.look(order, RequestBoard.oldestFirst(hint.seen()));
            for (int round = 0; decision.isEmpty(); round++) {
                Duration left = lease.left(order.deadline());
                if (!left.isPositive()) {
                    List<CertificateSigningRequest> last = board.of(user);
                    return approver.look(order, last).orElseGet(() -> missing(order, last));
                }
                lease.pulse("waiting for a certificate of " + user);
                boolean changed = hint.await(patience(round, left));
                decision = approver.look(order, changed ? RequestBoard.oldestFirst(hint.seen()) : board.of(user));
            }
            return decision.get();
        }
    }

    @Override
    public CertificateDecision denyOthers(CertificateOrder order) {
        ActivityLease lease = ActivityLease.begin();
        RequestBoard board = boards.of(order.token().cluster());
        List<CertificateSigningRequest> requests =
                board.of(order.token().tokenId().user());
        return new Approver(board, decisions(order.token(), board, lease))
                .denyOthers(order, requests)
                .orElseGet(() -> missing(order, requests));
    }

    @Override
    public DeniedRequests denyUndecided(TokenRef token) {
        return denyUndecided(token, ActivityLease.begin());
    }

    /** The same on behalf of somebody who is not the join. */
    public DeniedRequests denyUndecided(TokenRef token, ActingRight right) {
        RequestBoard board = boards.of(token.cluster());
        DecisionDesk decisions = decisions(token, board, right);
        Problem problem = new Problem(ErrorCode.CSR_TIMEOUT, "the join no longer waits for a request of this token");
        List<String> names = new ArrayList<>();
        for (int round = 0; round < ROUNDS_OF_DENIAL; round++) {
            boolean contended = false;
            for (CertificateSigningRequest request : board.of(token.tokenId().user())) {
                if (RequestStatus.isUndecided(request)) {
                    boolean denied = decisions.deny(token.joinId(), request, problem, Map.of());
                    contended |= !denied;
                    if (denied) {
                        names.add(request.getMetadata().getName());
                    }
                }
            }
            if (!contended) {
                return new DeniedRequests(names);
            }
        }
        throw DecisionDesk.contended(token.tokenId().user());
    }

    @Override
    public IssuedCertificates issued(TokenRef token) {
        return IssuedCertificate.among(
                boards.of(token.cluster()).of(token.tokenId().user()));
    }

    /**
     * What was issued under the tokens of a join whose workflow has ended.
     *
     * @param tokens of the join, as far as they are known; others are known by what Nodejoin has approved for the join
     */
    public IssuedCertificates issued(ClusterName cluster, JoinId join, Set<TokenId> tokens) {
        return IssuedCertificate.of(join, users(tokens), boards.of(cluster).all());
    }

    /**
     * When the last certificate ends that each of these nodes has got by an earlier one of its own. Whoever holds a kubelet's certificate can
     * renew it as the kubelet does. Requests are kept for an hour.
     */
    public Map<NodeRef, Instant> renewed(ClusterName cluster, Set<NodeRef> nodes) {
        return IssuedCertificate.renewed(nodes, boards.of(cluster).all());
    }

    /**
     * Whether a Node came of this join, by the certificates that were approved for its name.
     *
     * @param tokens of the join, as far as they are known
     */
    public boolean broughtAbout(NodeRef node, NodeState.Registered found, JoinId join, Set<TokenId> tokens) {
        return NodeOrigin.isJoin(boards.of(node.cluster()).all(), node.node(), found.createdAt(), join, users(tokens));
    }

    private static Set<String> users(Set<TokenId> tokens) {
        return tokens.stream().map(TokenId::user).collect(Collectors.toSet());
    }

    /** Ends the watches. */
    @Override
    public void close() {
        hints.close();
    }

    private DecisionDesk decisions(TokenRef token, RequestBoard board, ActingRight right) {
        return new DecisionDesk(token.cluster(), board, audit, right);
    }

    private static Duration patience(int round, Duration left) {
        Duration poll = round < EARLY_POLLS ? EARLY_POLL : POLL;
        return left.compareTo(poll) < 0 ? left : poll;
    }

    private static CertificateDecision missing(CertificateOrder order, List<CertificateSigningRequest> requests) {
        boolean approved = requests.stream().anyMatch(RequestStatus::isApproved);
        return new CertificateDecision.Missing(
                approved
                        ? new Problem(ErrorCode.CERT_NOT_ISSUED, "approved by the deadline, but not signed")
                        : new Problem(
                                ErrorCode.CSR_TIMEOUT,
                                "no decided request of "
                                        + order.token().tokenId().user() + " by the deadline " + order.deadline()));
    }
}

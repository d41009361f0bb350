package io.nodejoin.activities.kubernetes.csr;

import io.fabric8.kubernetes.api.model.certificates.v1.CertificateSigningRequest;
import io.nodejoin.activities.ActivityFence;
import io.nodejoin.activities.EffectGuard;
import io.nodejoin.activities.audit.AuditLog;
import io.nodejoin.activities.kubernetes.ClusterClients;
import io.nodejoin.activities.kubernetes.WatchTriggers;
import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.Problem;
import io.nodejoin.protocol.discovery.TokenId;
import io.nodejoin.workflows.csr.CertificateResult;
import io.nodejoin.workflows.csr.CsrActivities;
import io.nodejoin.workflows.csr.CsrDecisionRequest;
import io.nodejoin.workflows.csr.DeniedCsrs;
import io.nodejoin.workflows.csr.IssuedCertificates;
import io.nodejoin.workflows.csr.JoinCertificates;
import io.nodejoin.workflows.node.NodeRef;
import io.nodejoin.workflows.node.NodeState;
import io.nodejoin.workflows.token.TokenRef;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Approves or denies the CSRs of a token's kubelet by {@link ClientCsrPolicy}. One shared informer per cluster. */
public final class KubernetesCertificateActivities implements CsrActivities, AutoCloseable {
    /**
     * The poll interval while a kubelet starts: its CSR follows within seconds, and a stalled watch must not delay it.
     */
    private static final Duration EARLY_POLL_INTERVAL = Duration.ofSeconds(1);

    private static final Duration POLL_INTERVAL = Duration.ofSeconds(5);
    private static final int EARLY_POLLS = 10;
    private static final int MAX_DENIAL_ROUNDS = 3;

    private final AuditLog audit;
    private final Consumer<ClusterName> foreignKeyCounter;
    private final CsrDecisionListener listener;
    private final WatchTriggers<CertificateSigningRequest> triggers;
    private final WatchTriggers<CertificateSigningRequest> foreignRequests;
    private final Function<ClusterName, CsrClient> csrClients;

    /** As the other constructor, with decisions that nobody is told of. */
    public KubernetesCertificateActivities(
            ClusterClients clients, AuditLog audit, Consumer<ClusterName> foreignKeyCounter) {
        this(clients, audit, foreignKeyCounter, CsrDecisionListener.NONE);
    }

    /** @param foreignKeyCounter receives the cluster for each denied CSR whose key is not the known one */
    public KubernetesCertificateActivities(
            ClusterClients clients,
            AuditLog audit,
            Consumer<ClusterName> foreignKeyCounter,
            CsrDecisionListener listener) {
        this.listener = listener;
        this.csrClients = CsrClient.perCluster(clients, ClientCsrPolicy.SIGNER);
        this.audit = audit;
        this.foreignKeyCounter = foreignKeyCounter;
        this.triggers = CsrClient.watchTriggers(
                clients, ClientCsrPolicy.SIGNER, csr -> csr.getSpec().getUsername());
        this.foreignRequests = CsrClient.watchOthers(
                clients,
                ClientCsrPolicy.SIGNER,
                ServingCsrPolicy.SIGNER,
                csr -> csr.getSpec().getUsername());
    }

    /** Starts to watch the cluster's CSRs, unless it does already. */
    public void startWatch(ClusterName cluster) {
        triggers.start(cluster);
        foreignRequests.start(cluster);
    }

    /** Returns the kubelets' CSRs of the cluster as the watch last saw them; none if the cluster is not watched. */
    List<CertificateSigningRequest> cachedRequests(ClusterName cluster) {
        return triggers.cached(cluster);
    }

    /** Returns the CSRs for the signers of others as the watch last saw them; none if the cluster is not watched. */
    List<CertificateSigningRequest> cachedForeignRequests(ClusterName cluster) {
        return foreignRequests.cached(cluster);
    }

    @Override
    public CertificateResult decide(CsrDecisionRequest request) {
        ActivityFence fence = ActivityFence.ofCurrentActivity();
        TokenRef token = request.token();
        String user = token.tokenId().user();
        CsrClient csrClient = csrClients.apply(token.cluster());
        ClientCsrController controller = controller(request, csrClient, fence);
        try (var trigger = triggers.subscribe(token.cluster(), user)) {
            Optional<CertificateResult> decision = controller.reconcile(CsrClient.oldestFirst(trigger.cached()));
            for (int round = 0; decision.isEmpty(); round++) {
                Duration left = fence.timeUntil(request.deadline());
                if (!left.isPositive()) {
                    List<CertificateSigningRequest> last = csrClient.listByUser(user);
                    return controller.reconcile(last).orElseGet(() -> timedOut(request, last));
                }
                fence.heartbeatIfDue("waiting for a certificate of " + user);
                boolean changed = trigger.await(pollTimeout(round, left));
                decision = controller.reconcile(
                        changed ? CsrClient.oldestFirst(trigger.cached()) : csrClient.listByUser(user));
            }
            return decision.get();
        }
    }

    @Override
    public CertificateResult denyOthers(CsrDecisionRequest request) {
        ActivityFence fence = ActivityFence.ofCurrentActivity();
        CsrClient csrClient = csrClients.apply(request.token().cluster());
        ClientCsrController controller = controller(request, csrClient, fence);
        Optional<CertificateResult> failure = denyUntilDeadline(request, csrClient, controller, fence);
        if (failure.isPresent()) {
            return failure.get();
        }
        List<CertificateSigningRequest> last =
                csrClient.listByUser(request.token().tokenId().user());
        return controller.denyOthers(last).orElseGet(() -> timedOut(request, last));
    }

    /**
     * Denies by the watch. A second key decides about the attempt if the host's is not known, so a stalled watch must not
     * hide it: then also lists.
     */
    private Optional<CertificateResult> denyUntilDeadline(
            CsrDecisionRequest request, CsrClient csrClient, ClientCsrController controller, ActivityFence fence) {
        TokenRef token = request.token();
        Duration left = fence.timeUntil(request.deadline());
        if (!left.isPositive()) {
            return Optional.empty();
        }
        String user = token.tokenId().user();
        boolean keyKnown = request.keyDigest() != null;
        Duration poll = keyKnown ? POLL_INTERVAL : EARLY_POLL_INTERVAL;
        try (var trigger = triggers.subscribe(token.cluster(), user)) {
            List<CertificateSigningRequest> requests = CsrClient.oldestFirst(trigger.cached());
            Optional<CertificateResult> failure = Optional.empty();
            while (left.isPositive() && failure.isEmpty()) {
                fence.heartbeatIfDue("denying requests of " + user);
                failure = controller.reconcile(requests).filter(CertificateResult.Denied.class::isInstance);
                boolean changed = failure.isPresent() || trigger.await(left.compareTo(poll) < 0 ? left : poll);
                requests = changed || keyKnown ? CsrClient.oldestFirst(trigger.cached()) : csrClient.listByUser(user);
                left = fence.timeUntil(request.deadline());
            }
            return failure;
        }
    }

    @Override
    public DeniedCsrs denyPending(TokenRef token) {
        return denyPending(token, ActivityFence.ofCurrentActivity());
    }

    /** As {@link #denyPending(TokenRef)}, with another effect guard. */
    public DeniedCsrs denyPending(TokenRef token, EffectGuard guard) {
        Problem problem = new Problem(ErrorCode.CSR_TIMEOUT, "the join no longer waits for a CSR of this token");
        return denyPending(token.cluster(), token.tokenId(), token.joinId(), problem, guard);
    }

    /** Denies every pending CSR of a token that the ledger no longer has. */
    DeniedCsrs denyOrphaned(ClusterName cluster, TokenId token, EffectGuard guard) {
        Problem problem = new Problem(ErrorCode.CSR_TIMEOUT, "no join of this token is known any longer");
        return denyPending(cluster, token, null, problem, guard);
    }

    private DeniedCsrs denyPending(
            ClusterName cluster, TokenId token, @Nullable JoinId join, Problem problem, EffectGuard guard) {
        CsrClient csrClient = csrClients.apply(cluster);
        CsrDecisionWriter decisionWriter = new CsrDecisionWriter(cluster, csrClient, audit, guard, listener);
        List<String> names = new ArrayList<>();
        for (int round = 0; round < MAX_DENIAL_ROUNDS; round++) {
            boolean contended = false;
            for (CertificateSigningRequest csr : csrClient.listByUser(token.user())) {
                if (CsrStatus.isPending(csr)) {
                    boolean denied = join == null
                            ? decisionWriter.denyOrphaned(token, csr, problem)
                            : decisionWriter.deny(join, csr, problem, Map.of());
                    contended |= !denied;
                    if (denied) {
                        names.add(csr.getMetadata().getName());
                    }
                }
            }
            if (!contended) {
                return new DeniedCsrs(names);
            }
        }
        throw CsrDecisionWriter.conflict(token.user());
    }

    @Override
    public IssuedCertificates listIssued(TokenRef token) {
        return IssuedCertificateReader.issuedFor(
                csrClients.apply(token.cluster()).listByUser(token.tokenId().user()));
    }

    @Override
    public IssuedCertificates listIssuedToJoin(JoinCertificates.OfJoin join) {
        return IssuedCertificateReader.issuedForJoin(
                join.joinId(),
                users(join.tokens()),
                csrClients.apply(join.cluster()).listAll());
    }

    /**
     * Returns the latest expiry of the certificates that each of these nodes has renewed. The holder of a kubelet's
     * certificate can renew it as the kubelet does. Kubernetes keeps CSRs for an hour.
     */
    public Map<NodeRef, Instant> latestRenewals(ClusterName cluster, Set<NodeRef> nodes) {
        return IssuedCertificateReader.latestRenewals(
                nodes, csrClients.apply(cluster).listAll());
    }

    /**
     * Returns whether this join created the Node: its CSR was the last one approved for the name before the Node's
     * creation.
     *
     * @param tokens the join's known tokens
     */
    public boolean isNodeOfJoin(NodeRef node, NodeState.Registered found, JoinId join, Collection<TokenId> tokens) {
        return NodeProvenance.isFromJoin(
                csrClients.apply(node.cluster()).listAll(), node.name(), found.createdAt(), join, users(tokens));
    }

    private static Set<String> users(Collection<TokenId> tokens) {
        return tokens.stream().map(TokenId::user).collect(Collectors.toSet());
    }

    /** Stops the watches. */
    @Override
    public void close() {
        triggers.close();
        foreignRequests.close();
    }

    private ClientCsrController controller(CsrDecisionRequest request, CsrClient csrClient, EffectGuard guard) {
        return ClientCsrController.of(
                request,
                csrClient,
                decisionWriter(request.token(), csrClient, guard),
                new ForeignKeyReporter(request, foreignKeyCounter));
    }

    private CsrDecisionWriter decisionWriter(TokenRef token, CsrClient csrClient, EffectGuard guard) {
        return new CsrDecisionWriter(token.cluster(), csrClient, audit, guard, listener);
    }

    private static Duration pollTimeout(int round, Duration left) {
        Duration poll = round < EARLY_POLLS ? EARLY_POLL_INTERVAL : POLL_INTERVAL;
        return left.compareTo(poll) < 0 ? left : poll;
    }

    private static CertificateResult timedOut(CsrDecisionRequest request, List<CertificateSigningRequest> requests) {
        boolean approved = requests.stream().anyMatch(CsrStatus::isApproved);
        return new CertificateResult.TimedOut(
                approved
                        ? new Problem(ErrorCode.CERTIFICATE_NOT_ISSUED, "approved by the deadline, but not signed")
                        : new Problem(
                                ErrorCode.CSR_TIMEOUT,
                                "no decided request of "
                                        + request.token().tokenId().user() + " by the deadline " + request.deadline()));
    }
}

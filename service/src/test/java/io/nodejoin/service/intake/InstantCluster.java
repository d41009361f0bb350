package io.nodejoin.service.intake;

import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.NodeName;
import io.nodejoin.protocol.agent.HostFacts;
import io.nodejoin.protocol.agent.HostResult;
import io.nodejoin.protocol.discovery.CaPin;
import io.nodejoin.protocol.discovery.TokenId;
import io.nodejoin.protocol.event.JoinAccepted;
import io.nodejoin.protocol.event.LifecycleEvent;
import io.nodejoin.workflows.clusterinfo.ClusterInfoActivities;
import io.nodejoin.workflows.clusterinfo.DiscoveryInfo;
import io.nodejoin.workflows.csr.CertificateResult;
import io.nodejoin.workflows.csr.CsrActivities;
import io.nodejoin.workflows.csr.CsrDecisionRequest;
import io.nodejoin.workflows.csr.DeniedCsrs;
import io.nodejoin.workflows.csr.IssuedCertificates;
import io.nodejoin.workflows.csr.JoinCertificates;
import io.nodejoin.workflows.event.EventActivities;
import io.nodejoin.workflows.event.OutcomeEvent;
import io.nodejoin.workflows.hostcommand.AgentConnection;
import io.nodejoin.workflows.hostcommand.HostActivities;
import io.nodejoin.workflows.hostcommand.HostCommandRequest;
import io.nodejoin.workflows.lifecycle.EnrollmentBinding;
import io.nodejoin.workflows.lifecycle.EnrollmentProof;
import io.nodejoin.workflows.node.CreatedNodeRef;
import io.nodejoin.workflows.node.FreeNameRequest;
import io.nodejoin.workflows.node.JoinedNode;
import io.nodejoin.workflows.node.NameAvailability;
import io.nodejoin.workflows.node.NameCheckRequest;
import io.nodejoin.workflows.node.NameQuarantine;
import io.nodejoin.workflows.node.NodeActivities;
import io.nodejoin.workflows.node.NodeCreation;
import io.nodejoin.workflows.node.NodeCreationResult;
import io.nodejoin.workflows.node.NodeIdentity;
import io.nodejoin.workflows.node.NodeOwnership;
import io.nodejoin.workflows.node.NodeRef;
import io.nodejoin.workflows.node.NodeState;
import io.nodejoin.workflows.node.ReadyRequest;
import io.nodejoin.workflows.node.RegistrationRequest;
import io.nodejoin.workflows.node.ResetMarker;
import io.nodejoin.workflows.temporal.TaskQueues;
import io.nodejoin.workflows.token.SealedToken;
import io.nodejoin.workflows.token.SpentToken;
import io.nodejoin.workflows.token.TokenActivities;
import io.nodejoin.workflows.token.TokenIssue;
import io.nodejoin.workflows.token.TokenRef;
import io.nodejoin.workflows.token.TokenRequest;
import io.temporal.activity.Activity;
import io.temporal.client.WorkflowNotFoundException;
import io.temporal.client.WorkflowStub;
import io.temporal.client.WorkflowUpdateException;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** A cluster and its hosts that do at once what they are asked, for many nodes; it counts the tokens of each. */
final class InstantCluster
        implements TokenActivities,
                ClusterInfoActivities,
                CsrActivities,
                NodeActivities,
                HostActivities,
                EventActivities {
    static final String REPLICA = "swift";

    private static final String KEY = "ab".repeat(32);

    /** Tokens alive, by node. */
    private final Map<NodeName, Set<TokenId>> tokens = new ConcurrentHashMap<>();

    private final Map<TokenId, NodeName> owners = new ConcurrentHashMap<>();
    private final Map<NodeName, Gate> gates = new ConcurrentHashMap<>();
    private final String enrollment;

    /** What was told, in order. */
    final Queue<LifecycleEvent.Outcome> told = new ConcurrentLinkedQueue<>();
    /** Nodes that had two tokens at once. */
    final Queue<NodeName> doubled = new ConcurrentLinkedQueue<>();
    /** The joins for which there was a token. */
    final Set<JoinId> issued = ConcurrentHashMap.newKeySet();

    InstantCluster(String enrollment) {
        this.enrollment = enrollment;
    }

    /** Where a join of a node waits until the request with this id is known to be accepted. */
    private record Gate(String step, JoinId until, CountDownLatch reached, CountDownLatch accepted) {}

    /**
     * Has each join of this node wait at this step until that request is accepted. Temporal's test server loses a workflow task
     * that cancels an activity which has just ended; the real one does not.
     */
    void gate(NodeName node, String step, JoinId until) {
        gates.put(node, new Gate(step, until, new CountDownLatch(1), new CountDownLatch(1)));
    }

    /** Waits until a join of this node waits at its gate. */
    void awaitReached(NodeName node) throws InterruptedException {
        Gate gate = gates.get(node);
        if (gate == null || !gate.reached().await(60, TimeUnit.SECONDS)) {
            throw new IllegalStateException("no join of " + node + " came to its gate");
        }
    }

    long alive() {
        return tokens.values().stream().mapToLong(Set::size).sum();
    }

    private void pass(NodeName node, String step) {
        Gate gate = gates.get(node);
        if (gate == null || !gate.step().equals(step)) {
            return;
        }
        gate.reached().countDown();
        try {
            if (!gate.accepted().await(60, TimeUnit.SECONDS)) {
                throw new IllegalStateException("request " + gate.until() + " is not accepted");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static NodeName here() {
        String id =
                Objects.requireNonNull(Activity.getExecutionContext().getInfo().getWorkflowId());
        return new NodeName(id.substring(id.lastIndexOf('/') + 1));
    }

    @Override
    public void publish(List<OutcomeEvent> events) {
        events.forEach(this::publish);
    }

    private void publish(OutcomeEvent event) {
        told.add(event.event());
        if (event.event() instanceof JoinAccepted accepted) {
            Gate gate = gates.get(accepted.nodeName());
            if (gate != null && gate.until().equals(accepted.joinId())) {
                gate.accepted().countDown();
            }
            var context = Activity.getExecutionContext();
            WorkflowStub join = context.getWorkflowClient()
                    .newUntypedWorkflowStub(context.getInfo().getWorkflowId());
            try {
                join.update(
                        "enroll", EnrollmentBinding.class, new EnrollmentProof(enrollment, "key", null, null, null));
                join.signal("agentConnected", new AgentConnection(TaskQueues.gateway(REPLICA), new UUID(1, 2), null));
            } catch (WorkflowUpdateException | WorkflowNotFoundException refused) {
                // A join that gives way takes no agent any more; the one that follows says that it is accepted as well.
                return;
            }
        }
    }

    @Override
    public TokenIssue issue(TokenRequest request) {
        TokenId id = request.token().tokenId();
        owners.put(id, request.node());
        Set<TokenId> alive = tokens.computeIfAbsent(request.node(), _ -> ConcurrentHashMap.newKeySet());
        alive.add(id);
        issued.add(request.token().joinId());
        if (alive.size() > 1) {
            doubled.add(request.node());
        }
        Instant now = Instant.now();
        return new TokenIssue.Issued(new SealedToken(id, "jwe", now, now.plus(request.ttl()), 1));
    }

    @Override
    public void revoke(TokenRef token) {
        NodeName node = owners.get(token.tokenId());
        if (node != null) {
            tokens.computeIfAbsent(node, _ -> ConcurrentHashMap.newKeySet()).remove(token.tokenId());
        }
    }

    @Override
    public void deleteSecret(TokenRef token) {
        revoke(token);
    }

    @Override
    public void removeSignature(TokenRef token) {}

    @Override
    public void deleteLedgerEntry(SpentToken spent) {
        pass(here(), "settle");
    }

    @Override
    public DiscoveryInfo ensure(ClusterName cluster) {
        pass(here(), "start");
        return new DiscoveryInfo(
                "uid",
                URI.create("https://127.0.0.1:6443"),
                List.of(new CaPin("sha256:" + "cd".repeat(32))),
                "kind: Config",
                "v1.37.2");
    }

    @Override
    public CertificateResult decide(CsrDecisionRequest request) {
        pass(here(), "decide");
        return issued();
    }

    private static CertificateResult.Issued issued() {
        Instant now = Instant.now();
        return new CertificateResult.Issued("csr", KEY, now, now.plus(Duration.ofDays(1)));
    }

    @Override
    public CertificateResult denyOthers(CsrDecisionRequest request) {
        pass(here(), "register");
        return issued();
    }

    @Override
    public DeniedCsrs denyPending(TokenRef token) {
        return new DeniedCsrs(List.of());
    }

    @Override
    public IssuedCertificates listIssuedToJoin(JoinCertificates.OfJoin join) {
        return new IssuedCertificates(List.of(), false);
    }

    @Override
    public IssuedCertificates listIssued(TokenRef token) {
        return new IssuedCertificates(List.of(), false);
    }

    @Override
    public NameAvailability checkName(NameCheckRequest request) {
        pass(here(), "start");
        return new NameAvailability.Free(Instant.now(), null);
    }

    @Override
    public NameAvailability freeName(FreeNameRequest request) {
        return new NameAvailability.Free(Instant.now(), null);
    }

    @Override
    public NodeOwnership findOwner(NodeRef node) {
        return new NodeOwnership.Absent();
    }

    @Override
    public NodeState awaitRegistered(RegistrationRequest request) {
        pass(here(), "register");
        return new NodeState.Registered("uid", Instant.now());
    }

    @Override
    public NodeState awaitReady(ReadyRequest request) {
        return new NodeState.Ready("uid", Instant.now());
    }

    @Override
    public NodeCreationResult create(NodeCreation creation) {
        return new NodeCreationResult.Created("uid-1");
    }

    @Override
    public void deleteCreated(CreatedNodeRef created) {}

    @Override
    public void recordJoined(JoinedNode node) {}

    @Override
    public void markReset(ResetMarker mark) {}

    @Override
    public void quarantineName(NameQuarantine quarantine) {}

    @Override
    public void delete(NodeIdentity node) {}

    @Override
    public HostResult preflight(HostCommandRequest request) {
        return new HostResult.PreflightPassed(new HostFacts("machine", "system", "v1.37.2", "os", "kernel"), List.of());
    }

    @Override
    public HostResult prepareHost(HostCommandRequest request) {
        pass(here(), "prepare");
        return new HostResult.HostPrepared("plan", List.of(), KEY);
    }

    @Override
    public HostResult startKubelet(HostCommandRequest request) {
        pass(here(), "decide");
        return new HostResult.KubeletBootstrapped(KEY);
    }

    @Override
    public HostResult resetHost(HostCommandRequest request) {
        return new HostResult.HostReset(true, KEY, List.of());
    }

    @Override
    public HostResult collectDiagnostics(HostCommandRequest request) {
        return new HostResult.Diagnostics(List.of());
    }
}

package io.nodejoin.workflows.scenario;

import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.Problem;
import io.nodejoin.protocol.discovery.CaPin;
import io.nodejoin.protocol.discovery.TokenId;
import io.nodejoin.workflows.clusterinfo.ClusterInfoActivities;
import io.nodejoin.workflows.clusterinfo.DiscoveryInfo;
import io.nodejoin.workflows.csr.AllowedServingSans;
import io.nodejoin.workflows.csr.CertificateResult;
import io.nodejoin.workflows.csr.CsrActivities;
import io.nodejoin.workflows.csr.CsrDecisionRequest;
import io.nodejoin.workflows.csr.DeniedCsrs;
import io.nodejoin.workflows.csr.IssuedCertificates;
import io.nodejoin.workflows.csr.JoinCertificates;
import io.nodejoin.workflows.csr.ServingCertificateActivities;
import io.nodejoin.workflows.csr.ServingCertificateRequest;
import io.nodejoin.workflows.drain.CordonRequest;
import io.nodejoin.workflows.drain.DrainActivities;
import io.nodejoin.workflows.drain.DrainRequest;
import io.nodejoin.workflows.drain.DrainResult;
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
import io.nodejoin.workflows.token.SealedToken;
import io.nodejoin.workflows.token.SpentToken;
import io.nodejoin.workflows.token.TokenActivities;
import io.nodejoin.workflows.token.TokenIssue;
import io.nodejoin.workflows.token.TokenRef;
import io.nodejoin.workflows.token.TokenRequest;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** A cluster of maps: tokens, ledger, signatures, CSRs and nodes, as a join observes them. */
public final class FakeCluster
        implements TokenActivities,
                ClusterInfoActivities,
                CsrActivities,
                ServingCertificateActivities,
                NodeActivities,
                DrainActivities {
    public static final String KEY_DIGEST = "ab".repeat(32);
    public static final DiscoveryInfo DISCOVERY = new DiscoveryInfo(
            "uid-of-kube-system",
            URI.create("https://127.0.0.1:6443"),
            List.of(new CaPin("sha256:" + "cd".repeat(32))),
            "kind: Config",
            "v1.37.2");

    final Set<TokenId> ledger = new LinkedHashSet<>();

    final Set<TokenId> tokens = new LinkedHashSet<>();
    final Set<TokenId> everIssued = new LinkedHashSet<>();
    final Set<TokenId> signatures = new LinkedHashSet<>();
    /** CSRs by token: undecided, approved or denied. */
    final Map<TokenId, String> csrs = new HashMap<>();

    final List<TokenRequest> tokenRequests = new ArrayList<>();
    final List<SpentToken> spentTokens = new ArrayList<>();
    final List<NodeCreation> nodeCreations = new ArrayList<>();
    final List<CsrDecisionRequest> csrDecisions = new ArrayList<>();
    /** Nodes by name: their UID. */
    final Map<String, String> nodes = new HashMap<>();

    /** The attempts whose Nodes no kubelet has registered with, by name. */
    final Map<String, CreatedNodeRef> joiningNodes = new HashMap<>();

    /** Creation times of Nodes that no join created, by name. */
    final Map<String, Instant> createdAtByName = new HashMap<>();
    /** Whether a node is Ready when it registers. */
    boolean readyPromptly;

    /** Recorded nodes, by name. */
    final Map<String, JoinedNode> joinedNodes = new HashMap<>();

    /** Names of joined nodes whose host a later join has reset. */
    final Set<String> resetNodes = new LinkedHashSet<>();

    /** Cordoned nodes. */
    final Set<String> cordoned = new LinkedHashSet<>();
    /** Nodes whose kubelets renew their Leases. */
    final Set<String> alive = new LinkedHashSet<>();

    /** Quarantined names. */
    final Map<String, NameQuarantine> quarantines = new HashMap<>();

    /** Allowed serving SANs, by node name. */
    final Map<String, AllowedServingSans> servingSans = new HashMap<>();

    /** Whether the agent has the kubelet's certificate. */
    boolean kubeletHasCertificate;
    /** Whether the token is deleted, or its host is reset. */
    boolean tokenIsUnusable;
    /** The number of create requests of each token. */
    int createAttempts = 1;

    private Instant approvedAt;

    private final ActivityScript script;
    private final Supplier<Instant> clock;
    private final Consumer<BooleanSupplier> waits;

    /** @param waits advances time until a condition holds */
    FakeCluster(ActivityScript script, Supplier<Instant> clock, Consumer<BooleanSupplier> waits) {
        this.script = script;
        this.clock = clock;
        this.waits = waits;
        this.approvedAt = clock.get();
    }

    /** Creates the kubelet's CSR, while the token is valid. */
    void requestCertificate(TokenId token) {
        if (!tokenIsUnusable) {
            csrs.putIfAbsent(token, "undecided");
        }
    }

    /** Creates the agent's CSR and waits for its certificate. Returns false if the token was deleted before. */
    boolean obtainCertificate(TokenId token) {
        requestCertificate(token);
        waits.accept(() -> "approved".equals(csrs.get(token)) || tokenIsUnusable);
        kubeletHasCertificate = "approved".equals(csrs.get(token));
        return kubeletHasCertificate;
    }

    void awaitTokenUnusable() {
        waits.accept(() -> tokenIsUnusable);
    }

    /** Returns the objects that a join created and that still exist. */
    List<String> leftovers() {
        return List.of(
                        "tokens" + tokens,
                        "ledger" + ledger.stream().map(this::ordinal).toList(),
                        "signatures" + signatures,
                        "undecided"
                                + csrs.values().stream()
                                        .filter("undecided"::equals)
                                        .toList(),
                        "served" + servingSans.keySet(),
                        "nodes" + nodes.keySet(),
                        "joined" + joinedNodes.keySet())
                .stream()
                .filter(line -> !line.endsWith("[]"))
                .toList();
    }

    /** Names a token by the order of issue, since its id is random. */
    private String ordinal(TokenId id) {
        return "token-" + (List.copyOf(everIssued).indexOf(id) + 1);
    }

    @Override
    public TokenIssue issue(TokenRequest request) {
        return script.call("Token_Issue", TokenIssue.class, () -> {
            TokenId id = request.token().tokenId();
            tokenRequests.add(request);
            tokens.clear();
            ledger.add(id);
            tokenIsUnusable = false;
            tokens.add(id);
            everIssued.add(id);
            signatures.add(id);
            Instant now = clock.get();
            return new TokenIssue.Issued(
                    new SealedToken(id, "sealed." + id, now, now.plus(request.ttl()), createAttempts));
        });
    }

    @Override
    public void revoke(TokenRef token) {
        script.run("Token_Revoke", () -> {
            deleteToken(token.tokenId());
            signatures.remove(token.tokenId());
        });
    }

    @Override
    public void deleteSecret(TokenRef token) {
        script.run("Token_DeleteSecret", () -> deleteToken(token.tokenId()));
    }

    private void deleteToken(TokenId id) {
        tokens.remove(id);
        tokenIsUnusable = true;
    }

    @Override
    public void removeSignature(TokenRef token) {
        script.run("Token_RemoveSignature", () -> signatures.remove(token.tokenId()));
    }

    @Override
    public void deleteLedgerEntry(SpentToken spent) {
        spentTokens.add(spent);
        script.run("Token_DeleteLedgerEntry", () -> ledger.remove(spent.token().tokenId()));
    }

    @Override
    public DiscoveryInfo ensure(ClusterName cluster) {
        return script.call("ClusterInfo_Ensure", DiscoveryInfo.class, () -> DISCOVERY);
    }

    @Override
    public CertificateResult decide(CsrDecisionRequest request) {
        csrDecisions.add(request);
        return script.call("Csr_Decide", CertificateResult.class, () -> {
            waits.accept(() -> csrs.containsKey(request.token().tokenId()) || tokenIsUnusable);
            if ("approved".equals(csrs.get(request.token().tokenId()))) {
                return issued();
            }
            if (tokenIsUnusable) {
                return new CertificateResult.TimedOut(new Problem(ErrorCode.CSR_TIMEOUT, "no request"));
            }
            csrs.put(request.token().tokenId(), "approved");
            approvedAt = clock.get();
            return issued();
        });
    }

    @Override
    public CertificateResult denyOthers(CsrDecisionRequest request) {
        return script.call("Csr_DenyOthers", CertificateResult.class, () -> {
            waits.accept(() -> !clock.get().isBefore(request.deadline()));
            return issued();
        });
    }

    CertificateResult.Issued issued() {
        return new CertificateResult.Issued("csr-1", KEY_DIGEST, approvedAt, approvedAt.plus(Duration.ofDays(1)));
    }

    @Override
    public DeniedCsrs denyPending(TokenRef token) {
        return script.call("Csr_DenyPending", DeniedCsrs.class, () -> {
            boolean denied = csrs.replace(token.tokenId(), "undecided", "denied");
            return new DeniedCsrs(denied ? List.of("csr-1") : List.of());
        });
    }

    @Override
    public IssuedCertificates listIssued(TokenRef token) {
        return script.call(
                "Csr_ListIssued",
                IssuedCertificates.class,
                () -> new IssuedCertificates(isApproved() ? List.of(issued()) : List.of(), false));
    }

    @Override
    public IssuedCertificates listIssuedToJoin(JoinCertificates.OfJoin join) {
        return script.call(
                "Csr_ListIssuedToJoin",
                IssuedCertificates.class,
                () -> new IssuedCertificates(isApproved() ? List.of(issued()) : List.of(), false));
    }

    boolean isApproved() {
        return csrs.containsValue("approved");
    }

    /** Returns whether the kubelet of the host has a certificate, of this join or of an earlier one. */
    boolean holdsCertificate() {
        return isApproved() || !joinedNodes.isEmpty();
    }

    @Override
    public void allowSans(AllowedServingSans sans) {
        script.run(
                "ServingCertificate_AllowSans",
                () -> servingSans.put(sans.nodeName().value(), sans));
    }

    @Override
    public CertificateResult awaitIssued(ServingCertificateRequest request) {
        return script.call("ServingCertificate_AwaitIssued", CertificateResult.class, this::issued);
    }

    @Override
    public void disallowSans(AllowedServingSans sans) {
        script.run(
                "ServingCertificate_DisallowSans",
                () -> servingSans.remove(sans.nodeName().value()));
    }

    @Override
    public NameAvailability checkName(NameCheckRequest request) {
        String name = request.node().name().value();
        return script.call("Node_CheckName", NameAvailability.class, () -> {
            JoinedNode known = joinedNodes.get(name);
            CreatedNodeRef joining = joiningNodes.get(name);
            if (joining != null && !joining.joinId().equals(request.joinId())) {
                return new NameAvailability.NodeRemaining("a Node of join " + joining.joinId() + " exists");
            }
            if (!nodes.containsKey(name) || joining != null) {
                return new NameAvailability.Free(clock.get(), quarantines.get(name));
            }
            return known != null && known.enrollment().equals(request.enrollment()) && !resetNodes.contains(name)
                    ? new NameAvailability.AlreadyJoined(known.identity().uid())
                    : new NameAvailability.Taken("a Node named " + name + " exists");
        });
    }

    @Override
    public NameAvailability freeName(FreeNameRequest request) {
        String name = request.node().name().value();
        return script.call("Node_FreeName", NameAvailability.class, () -> {
            nodes.remove(name);
            joinedNodes.remove(name);
            return new NameAvailability.Free(clock.get(), quarantines.get(name));
        });
    }

    @Override
    public NodeCreationResult create(NodeCreation creation) {
        String name = creation.ref().node().name().value();
        return script.call("Node_Create", NodeCreationResult.class, () -> {
            nodeCreations.add(creation);
            if (nodes.containsKey(name) && !joiningNodes.containsKey(name)) {
                return new NodeCreationResult.NameTaken("a Node named " + name + " exists");
            }
            joiningNodes.put(name, creation.ref());
            return new NodeCreationResult.Created(nodes.computeIfAbsent(name, _ -> "uid-1"));
        });
    }

    @Override
    public void deleteCreated(CreatedNodeRef created) {
        String name = created.node().name().value();
        script.run("Node_DeleteCreated", () -> {
            if (joiningNodes.remove(name, created)) {
                nodes.remove(name);
            }
        });
    }

    @Override
    public void recordJoined(JoinedNode node) {
        script.run("Node_RecordJoined", () -> {
            joinedNodes.put(node.identity().ref().name().value(), node);
            resetNodes.remove(node.identity().ref().name().value());
        });
    }

    @Override
    public void markReset(ResetMarker mark) {
        script.run("Node_MarkReset", () -> resetNodes.add(mark.node().name().value()));
    }

    @Override
    public NodeOwnership findOwner(NodeRef node) {
        String name = node.name().value();
        return script.call("Node_FindOwner", NodeOwnership.class, () -> {
            JoinedNode known = joinedNodes.get(name);
            String uid = nodes.get(name);
            if (uid == null) {
                return new NodeOwnership.Absent();
            }
            return known == null
                    ? new NodeOwnership.Unmanaged(uid)
                    : new NodeOwnership.Managed(known, cordoned.contains(name), alive.contains(name));
        });
    }

    @Override
    public void cordon(CordonRequest request) {
        String name = request.node().ref().name().value();
        script.run(request.cordoned() ? "Drain_Cordon" : "Drain_Uncordon", () -> {
            if (request.cordoned()) {
                cordoned.add(name);
            } else {
                cordoned.remove(name);
            }
        });
    }

    @Override
    public DrainResult evict(DrainRequest request) {
        return script.call("Drain_Evict", DrainResult.class, DrainResult.Drained::new);
    }

    @Override
    public NodeState awaitRegistered(RegistrationRequest request) {
        return script.call("Node_AwaitRegistered", NodeState.class, () -> {
            String name = request.node().name().value();
            boolean registers = isApproved() && (kubeletHasCertificate || !tokenIsUnusable);
            String uid = registers ? nodes.computeIfAbsent(name, _ -> "uid-1") : nodes.get(name);
            if (uid == null) {
                return new NodeState.Failed(new Problem(ErrorCode.NODE_NOT_REGISTERED, "no such node"));
            }
            if (request.createdUid() != null) {
                return registeredCreatedNode(request, registers, uid);
            }
            Instant createdAt = createdAtByName.getOrDefault(name, clock.get());
            return createdAt.isBefore(request.approvedAt())
                    ? new NodeState.Failed(new Problem(ErrorCode.NODE_NAME_IN_USE, "older than the certificate"))
                    : registered(request, uid, createdAt);
        });
    }

    private NodeState registered(RegistrationRequest request, String uid, Instant createdAt) {
        if (request.ready() == null || !readyPromptly) {
            return new NodeState.Registered(uid, createdAt);
        }
        joiningNodes.remove(request.node().name().value());
        return new NodeState.Ready(uid, clock.get());
    }

    private NodeState registeredCreatedNode(RegistrationRequest request, boolean registers, String uid) {
        if (!uid.equals(request.createdUid())) {
            return new NodeState.Failed(new Problem(ErrorCode.NODE_UID_CHANGED, "the Node has another UID"));
        }
        return registers
                ? registered(request, uid, clock.get())
                : new NodeState.Failed(new Problem(ErrorCode.NODE_NOT_REGISTERED, "no kubelet"));
    }

    @Override
    public NodeState awaitReady(ReadyRequest request) {
        return script.call("Node_AwaitReady", NodeState.class, () -> {
            joiningNodes.remove(request.node().ref().name().value());
            return new NodeState.Ready(request.node().uid(), clock.get());
        });
    }

    @Override
    public void quarantineName(NameQuarantine quarantine) {
        script.run(
                "Node_QuarantineName",
                () -> quarantines.put(quarantine.node().name().value(), quarantine));
    }

    @Override
    public void delete(NodeIdentity node) {
        script.run("Node_Delete", () -> {
            nodes.remove(node.ref().name().value(), node.uid());
            joiningNodes.remove(node.ref().name().value());
            joinedNodes.remove(node.ref().name().value());
        });
    }
}

package io.nodejoin.workflows.join;

import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.Problem;
import io.nodejoin.protocol.discovery.CaPin;
import io.nodejoin.protocol.discovery.TokenId;
import io.nodejoin.workflows.certificate.CertificateActivities;
import io.nodejoin.workflows.certificate.CertificateDecision;
import io.nodejoin.workflows.certificate.CertificateOrder;
import io.nodejoin.workflows.certificate.DeniedRequests;
import io.nodejoin.workflows.certificate.IssuedCertificates;
import io.nodejoin.workflows.certificate.ServingActivities;
import io.nodejoin.workflows.certificate.ServingInventory;
import io.nodejoin.workflows.certificate.ServingOrder;
import io.nodejoin.workflows.clusterinfo.ClusterInfoActivities;
import io.nodejoin.workflows.clusterinfo.ClusterTrust;
import io.nodejoin.workflows.clusterinfo.TokenSignature;
import io.nodejoin.workflows.drain.CordonOrder;
import io.nodejoin.workflows.drain.DrainActivities;
import io.nodejoin.workflows.drain.DrainOrder;
import io.nodejoin.workflows.drain.DrainResult;
import io.nodejoin.workflows.node.JoinedNode;
import io.nodejoin.workflows.node.NameHold;
import io.nodejoin.workflows.node.NameOrder;
import io.nodejoin.workflows.node.NameState;
import io.nodejoin.workflows.node.NodeActivities;
import io.nodejoin.workflows.node.NodeIdentity;
import io.nodejoin.workflows.node.NodeOwner;
import io.nodejoin.workflows.node.NodeRef;
import io.nodejoin.workflows.node.NodeState;
import io.nodejoin.workflows.node.ReadyOrder;
import io.nodejoin.workflows.node.RegistrationOrder;
import io.nodejoin.workflows.node.ReplaceOrder;
import io.nodejoin.workflows.node.ResetMark;
import io.nodejoin.workflows.token.SealedToken;
import io.nodejoin.workflows.token.TokenActivities;
import io.nodejoin.workflows.token.TokenRef;
import io.nodejoin.workflows.token.TokenRequest;
import io.nodejoin.workflows.token.TokenReservation;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/** A cluster of maps: tokens, ledger, signatures, certificate requests and nodes, each as far as the join can see it. */
final class FakeCluster
        implements TokenActivities,
                ClusterInfoActivities,
                CertificateActivities,
                ServingActivities,
                NodeActivities,
                DrainActivities {
    static final String KEY_DIGEST = "ab".repeat(32);
    static final ClusterTrust TRUST = new ClusterTrust(
            "uid-of-kube-system",
            URI.create("https://127.0.0.1:6443"),
            List.of(new CaPin("sha256:" + "cd".repeat(32))),
            "kind: Config",
            "v1.37.2");

    /** Each token's attempt. */
    final Map<TokenId, Integer> ledger = new ConcurrentHashMap<>();

    final Set<TokenId> tokens = ConcurrentHashMap.newKeySet();
    final Set<TokenId> everIssued = ConcurrentHashMap.newKeySet();
    final Set<TokenId> signatures = ConcurrentHashMap.newKeySet();
    /** Certificate requests by token: undecided, approved or denied. */
    final Map<TokenId, String> requests = new ConcurrentHashMap<>();
    /** Nodes by name: their UID. */
    final Map<String, String> nodes = new ConcurrentHashMap<>();

    /** When Nodes were created that no join has brought about, by name. */
    final Map<String, Instant> created = new ConcurrentHashMap<>();

    /** What is noted of nodes, by name. */
    final Map<String, JoinedNode> joined = new ConcurrentHashMap<>();

    /** Names of joined nodes whose host a later join has reset. */
    final Set<String> reset = ConcurrentHashMap.newKeySet();

    /** Nodes that the scheduler leaves out. */
    final Set<String> cordoned = ConcurrentHashMap.newKeySet();

    /** Names that are held back. */
    final Map<String, NameHold> holds = new ConcurrentHashMap<>();

    /** The serving inventory by node name. */
    final Map<String, ServingInventory> served = new ConcurrentHashMap<>();

    /** The token is deleted, or the host that holds it is reset. */
    volatile boolean tokenIsOver;
    /** How often each token is asked for. */
    volatile int tries = 1;

    private volatile Instant approvedAt;

    private final Script script;
    private final Supplier<Instant> clock;
    private final AtomicInteger ids = new AtomicInteger();

    FakeCluster(Script script, Supplier<Instant> clock) {
        this.script = script;
        this.clock = clock;
        this.approvedAt = clock.get();
    }

    /** The kubelet asks for a certificate, as long as it may. */
    void request(TokenId token) {
        if (!tokenIsOver) {
            requests.putIfAbsent(token, "undecided");
        }
    }

    void awaitTokenIsOver() {
        script.waitUntil(() -> tokenIsOver);
    }

    /** Whether anything that a join made is still there. */
    List<String> leftovers() {
        return List.of(
                        "tokens" + tokens,
                        "ledger" + ledger.keySet(),
                        "signatures" + signatures,
                        "undecided"
                                + requests.values().stream()
                                        .filter("undecided"::equals)
                                        .toList(),
                        "served" + served.keySet(),
                        "nodes" + nodes.keySet(),
                        "joined" + joined.keySet())
                .stream()
                .filter(line -> !line.endsWith("[]"))
                .toList();
    }

    @Override
    public TokenId reserve(TokenReservation reservation) {
        return script.play("Token_Reserve", TokenId.class, () -> {
            endEarlier(reservation);
            TokenId id = new TokenId("k3x9a" + ids.getAndIncrement());
            ledger.put(id, reservation.attempt());
            return id;
        });
    }

    @Override
    public void release(TokenReservation reservation) {
        script.run("Token_Release", () -> {
            endEarlier(reservation);
            tokenIsOver = true;
        });
    }

    private void endEarlier(TokenReservation reservation) {
        tokens.clear();
        ledger.values().removeIf(attempt -> attempt == reservation.attempt());
    }

    @Override
    public SealedToken issue(TokenRequest request) {
        return script.play("Token_Issue", SealedToken.class, () -> {
            TokenId id = request.token().tokenId();
            tokenIsOver = false;
            tokens.add(id);
            everIssued.add(id);
            return new SealedToken(id, "sealed." + id, "jws." + id, clock.get(), request.expiresAt(), tries);
        });
    }

    @Override
    public void revoke(TokenRef token) {
        script.run("Token_Revoke", () -> {
            tokens.remove(token.tokenId());
            tokenIsOver = true;
        });
    }

    @Override
    public void forget(TokenRef token) {
        script.run("Token_Forget", () -> ledger.remove(token.tokenId()));
    }

    @Override
    public ClusterTrust ensure(ClusterName cluster) {
        return script.play("ClusterInfo_Ensure", ClusterTrust.class, () -> TRUST);
    }

    @Override
    public void publishSignature(TokenSignature signature) {
        script.run(
                "ClusterInfo_PublishSignature",
                () -> signatures.add(signature.token().tokenId()));
    }

    @Override
    public void removeSignature(TokenRef token) {
        script.run("ClusterInfo_RemoveSignature", () -> signatures.remove(token.tokenId()));
    }

    @Override
    public CertificateDecision decide(CertificateOrder order) {
        return script.play("Certificate_Decide", CertificateDecision.class, () -> {
            script.waitUntil(() -> requests.containsKey(order.token().tokenId()) || tokenIsOver);
            if (tokenIsOver) {
                return new CertificateDecision.Missing(new Problem(ErrorCode.CSR_TIMEOUT, "no request"));
            }
            requests.put(order.token().tokenId(), "approved");
            approvedAt = clock.get();
            return issued();
        });
    }

    @Override
    public CertificateDecision denyOthers(CertificateOrder order) {
        return script.play("Certificate_DenyOthers", CertificateDecision.class, this::issued);
    }

    CertificateDecision.Issued issued() {
        return new CertificateDecision.Issued("csr-1", KEY_DIGEST, approvedAt, approvedAt.plus(Duration.ofDays(1)));
    }

    @Override
    public DeniedRequests denyUndecided(TokenRef token) {
        return script.play("Certificate_DenyUndecided", DeniedRequests.class, () -> {
            boolean denied = requests.replace(token.tokenId(), "undecided", "denied");
            return new DeniedRequests(denied ? List.of("csr-1") : List.of());
        });
    }

    @Override
    public IssuedCertificates issued(TokenRef token) {
        return script.play(
                "Certificate_Issued",
                IssuedCertificates.class,
                () -> new IssuedCertificates(isApproved() ? List.of(issued()) : List.of(), false));
    }

    boolean isApproved() {
        return requests.containsValue("approved");
    }

    /** Whether the host's kubelet holds a certificate, of this join or of one before. */
    boolean isCertified() {
        return isApproved() || !joined.isEmpty();
    }

    @Override
    public void declare(ServingInventory inventory) {
        script.run("Serving_Declare", () -> served.put(inventory.name().value(), inventory));
    }

    @Override
    public CertificateDecision awaitIssued(ServingOrder order) {
        return script.play("Serving_AwaitIssued", CertificateDecision.class, this::issued);
    }

    @Override
    public void withdraw(ServingInventory inventory) {
        script.run("Serving_Withdraw", () -> served.remove(inventory.name().value()));
    }

    @Override
    public NameState inspect(NameOrder order) {
        String name = order.node().node().value();
        return script.play("Node_Inspect", NameState.class, () -> {
            JoinedNode known = joined.get(name);
            if (!nodes.containsKey(name)) {
                return new NameState.Free(clock.get(), holds.get(name));
            }
            return known != null && known.enrollment().equals(order.enrollment()) && !reset.contains(name)
                    ? new NameState.Own(known.node().uid())
                    : new NameState.Taken("a Node named " + name + " exists");
        });
    }

    @Override
    public NameState replace(ReplaceOrder order) {
        String name = order.node().node().value();
        return script.play("Node_Replace", NameState.class, () -> {
            nodes.remove(name);
            joined.remove(name);
            return new NameState.Free(clock.get(), holds.get(name));
        });
    }

    @Override
    public void remember(JoinedNode node) {
        script.run("Node_Remember", () -> {
            joined.put(node.node().node().node().value(), node);
            reset.remove(node.node().node().node().value());
        });
    }

    @Override
    public void markReset(ResetMark mark) {
        script.run("Node_MarkReset", () -> reset.add(mark.node().node().value()));
    }

    @Override
    public NodeOwner owner(NodeRef node) {
        String name = node.node().value();
        return script.play("Node_Owner", NodeOwner.class, () -> {
            JoinedNode known = joined.get(name);
            String uid = nodes.get(name);
            if (uid == null) {
                return new NodeOwner.Nobody();
            }
            return known == null ? new NodeOwner.Foreign(uid) : new NodeOwner.Ours(known, cordoned.contains(name));
        });
    }

    @Override
    public void cordon(CordonOrder order) {
        String name = order.node().node().node().value();
        script.run(order.cordoned() ? "Drain_Cordon" : "Drain_Uncordon", () -> {
            if (order.cordoned()) {
                cordoned.add(name);
            } else {
                cordoned.remove(name);
            }
        });
    }

    @Override
    public DrainResult evict(DrainOrder order) {
        return script.play("Drain_Evict", DrainResult.class, DrainResult.Drained::new);
    }

    @Override
    public NodeState awaitRegistered(RegistrationOrder order) {
        return script.play("Node_AwaitRegistered", NodeState.class, () -> {
            String name = order.node().node().value();
            boolean registers = isApproved() && !tokenIsOver;
            String uid = registers ? nodes.computeIfAbsent(name, _ -> "uid-1") : nodes.get(name);
            if (uid == null) {
                return new NodeState.Refused(new Problem(ErrorCode.NODE_NOT_REGISTERED, "no such node"));
            }
            Instant createdAt = created.getOrDefault(name, clock.get());
            return createdAt.isBefore(order.approvedAt())
                    ? new NodeState.Refused(new Problem(ErrorCode.NODE_NAME_IN_USE, "older than the certificate"))
                    : new NodeState.Registered(uid, createdAt);
        });
    }

    @Override
    public NodeState awaitReady(ReadyOrder order) {
        return script.play(
                "Node_AwaitReady",
                NodeState.class,
                () -> new NodeState.Ready(order.node().uid(), clock.get()));
    }

    @Override
    public void hold(NameHold hold) {
        script.run("Node_Hold", () -> holds.put(hold.node().node().value(), hold));
    }

    @Override
    public void remove(NodeIdentity node) {
        script.run("Node_Remove", () -> {
            nodes.remove(node.node().node().value(), node.uid());
            joined.remove(node.node().node().value());
        });
    }
}

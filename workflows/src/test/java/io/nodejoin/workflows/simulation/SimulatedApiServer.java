package io.nodejoin.workflows.simulation;

import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.Problem;
import io.nodejoin.protocol.discovery.TokenId;
import io.nodejoin.workflows.csr.AllowedServingSans;
import io.nodejoin.workflows.node.CreatedNodeRef;
import io.nodejoin.workflows.node.JoinedNode;
import io.nodejoin.workflows.node.NameQuarantine;
import io.nodejoin.workflows.node.NodeIdentity;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The API server with the rules that joins rely on: names are taken once, decisions are final and only for what was read, a token lives
 * on for a moment after its Secret. It knows nothing of joins; what it did is kept for the checks.
 */
final class SimulatedApiServer {
    static final Duration AUTHENTICATOR_LAG = Duration.ofSeconds(4);
    private static final Duration POD_DELETION_TIME = Duration.ofSeconds(80);

    final Map<TokenId, Token> secrets = new LinkedHashMap<>();
    final Map<TokenId, LedgerEntry> ledger = new LinkedHashMap<>();
    final Map<TokenId, String> signatures = new LinkedHashMap<>();
    final List<Csr> csrs = new ArrayList<>();
    final Map<String, JoinedNode> nodeRecords = new LinkedHashMap<>();
    /** Joined Nodes whose host a later join has reset, or was going to. */
    final Set<NodeIdentity> resetNodes = new LinkedHashSet<>();

    final Map<String, NameQuarantine> quarantines = new LinkedHashMap<>();
    final Map<String, AllowedServingSans> servingSans = new LinkedHashMap<>();

    @Nullable Node node;

    private Instant podsDeletedAt = Instant.EPOCH;
    private int signaturesVersion;

    final List<Token> everIssued = new ArrayList<>();
    final List<Removal> removals = new ArrayList<>();
    private final List<Deletion> deletions = new ArrayList<>();
    private final VirtualTime timeline;
    private final SeededRandom random;
    private int serial;

    /**
     * A bootstrap token's Secret.
     *
     * @param kubeletKey the only key whose certificate may be requested with it; absent if any
     */
    record Token(
            TokenId id,
            String secret,
            JoinId join,
            @Nullable String kubeletKey,
            Instant createdAt,
            Instant expiresAt) {}

    /** A ledger entry of an attempt of a join. */
    record LedgerEntry(JoinId join, int attempt) {}

    private record Deletion(Token token, Instant rejectedFrom) {}

    /** A deleted Node, and the actor that deleted it. */
    record Removal(Node node, String by, Instant at) {}

    enum Decision {
        UNDECIDED,
        APPROVED,
        DENIED
    }

    /** A CSR of a token's user. */
    static final class Csr {
        final String name;
        final TokenId user;
        final String key;
        final String commonName;
        final Instant created;
        int version;
        Decision decision = Decision.UNDECIDED;
        String decidedBy = "";

        @Nullable Problem problem;

        @Nullable Instant decidedAt;

        @Nullable Instant signedAt;

        @Nullable Instant notAfter;

        Csr(String name, TokenId user, String key, String commonName, Instant created) {
            this.name = name;
            this.user = user;
            this.key = key;
            this.commonName = commonName;
            this.created = created;
        }

        boolean isApproved() {
            return decision == Decision.APPROVED;
        }

        boolean isUndecided() {
            return decision == Decision.UNDECIDED;
        }

        @Override
        public String toString() {
            return name;
        }
    }

    /** The Node of the run's node name. */
    static final class Node {
        final String uid;
        final Instant created;

        /** The attempt of a join that created it; absent if its kubelet did. */
        final @Nullable CreatedNodeRef creator;

        String key;
        String machineId;
        /** Whether it still has the taint of its creation. */
        boolean joining;
        /** Whether the caller that created it had timed out before. */
        boolean createdLate;

        @Nullable Instant reported;

        @Nullable Instant readySince;

        boolean labelled;

        Node(String uid, String key, String machineId, Instant created) {
            this.uid = uid;
            this.key = key;
            this.machineId = machineId;
            this.created = created;
            this.creator = null;
        }

        Node(String uid, CreatedNodeRef creator, Instant created, boolean createdLate) {
            this.uid = uid;
            this.key = "";
            this.machineId = "";
            this.created = created;
            this.creator = creator;
            this.joining = true;
            this.createdLate = createdLate;
        }

        /** Returns whether a kubelet may still take it over. */
        boolean awaitsKubelet() {
            return joining && reported == null;
        }

        /** Registers a kubelet with this certificate. */
        void adopt(String kubeletKey, String machine, Instant now) {
            key = kubeletKey;
            machineId = machine;
            reported = now;
        }

        @Override
        public String toString() {
            return uid;
        }
    }

    SimulatedApiServer(VirtualTime timeline, SeededRandom random) {
        this.timeline = timeline;
        this.random = random;
    }

    /** Returns the time in whole seconds, as in Kubernetes objects. */
    Instant time() {
        return timeline.now().truncatedTo(ChronoUnit.SECONDS);
    }

    int signaturesVersion() {
        return signaturesVersion;
    }

    /** Returns false if the signatures have another version. */
    boolean sign(TokenId id, @Nullable String jws, int version) {
        if (version != signaturesVersion) {
            return false;
        }
        signaturesVersion++;
        if (jws == null) {
            signatures.remove(id);
        } else {
            signatures.put(id, jws);
        }
        return true;
    }

    Map<TokenId, LedgerEntry> ledgerOf(JoinId join) {
        Map<TokenId, LedgerEntry> entries = new LinkedHashMap<>(ledger);
        entries.values().removeIf(entry -> !entry.join().equals(join));
        return entries;
    }

    /** Returns false if the name is taken. */
    boolean create(Token token) {
        if (secrets.putIfAbsent(token.id(), token) != null) {
            return false;
        }
        everIssued.add(token);
        return true;
    }

    void deleteSecret(TokenId id) {
        Token deleted = secrets.remove(id);
        if (deleted != null) {
            Duration lag = random.nextDuration(Duration.ZERO, AUTHENTICATOR_LAG);
            deletions.add(new Deletion(deleted, timeline.now().plus(lag)));
        }
    }

    boolean authenticates(TokenId id, String secret) {
        Instant now = timeline.now();
        Token token = secrets.get(id);
        if (token != null) {
            return token.secret().equals(secret) && token.expiresAt().isAfter(now);
        }
        return deletions.stream()
                .anyMatch(deletion -> deletion.token().id().equals(id)
                        && deletion.token().secret().equals(secret)
                        && deletion.token().expiresAt().isAfter(now)
                        && deletion.rejectedFrom().isAfter(now));
    }

    Csr request(TokenId user, String key, String commonName) {
        Csr csr = new Csr("csr-" + ++serial, user, key, commonName, time());
        csrs.add(csr);
        return csr;
    }

    List<Csr> requestsOf(TokenId user) {
        return csrs.stream().filter(csr -> csr.user.equals(user)).toList();
    }

    /** Returns false if it was decided or changed since it was read. */
    boolean decide(Csr csr, int version, Decision decision, String by, @Nullable Problem problem) {
        if (csr.version != version || !csr.isUndecided()) {
            return false;
        }
        csr.version++;
        csr.decision = decision;
        csr.decidedBy = by;
        csr.problem = problem;
        csr.decidedAt = time();
        return true;
    }

    void sign(Csr csr, Duration life) {
        csr.version++;
        csr.signedAt = timeline.now();
        csr.notAfter = time().plus(life);
    }

    String freshUid() {
        return "uid-" + ++serial;
    }

    /** Returns empty if a Node of the name exists. */
    Optional<Node> createNode(CreatedNodeRef creator, boolean late) {
        if (node != null) {
            return Optional.empty();
        }
        node = new Node(freshUid(), creator, time(), late);
        return Optional.of(node);
    }

    /** Returns whether pods of the deleted Node are left. */
    boolean hasPods() {
        return podsDeletedAt.isAfter(timeline.now());
    }

    /** Returns false if there is none with this UID. */
    boolean deleteNode(String uid, String by) {
        Node found = node;
        if (found == null || !found.uid.equals(uid)) {
            return false;
        }
        removals.add(new Removal(found, by, timeline.now()));
        podsDeletedAt = timeline.now().plus(random.nextDuration(Duration.ZERO, POD_DELETION_TIME));
        node = null;
        return true;
    }
}

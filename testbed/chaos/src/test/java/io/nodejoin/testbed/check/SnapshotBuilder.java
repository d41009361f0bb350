package io.nodejoin.testbed.check;

import io.nodejoin.testbed.check.ClusterSnapshot.AuditLine;
import io.nodejoin.testbed.check.ClusterSnapshot.CertificateRequest;
import io.nodejoin.testbed.check.ClusterSnapshot.Condition;
import io.nodejoin.testbed.check.ClusterSnapshot.DeadLetter;
import io.nodejoin.testbed.check.ClusterSnapshot.Event;
import io.nodejoin.testbed.check.ClusterSnapshot.Host;
import io.nodejoin.testbed.check.ClusterSnapshot.KubernetesState;
import io.nodejoin.testbed.check.ClusterSnapshot.LedgerEntry;
import io.nodejoin.testbed.check.ClusterSnapshot.Node;
import io.nodejoin.testbed.check.ClusterSnapshot.Overlap;
import io.nodejoin.testbed.check.ClusterSnapshot.Place;
import io.nodejoin.testbed.check.ClusterSnapshot.Ref;
import io.nodejoin.testbed.check.ClusterSnapshot.Request;
import io.nodejoin.testbed.check.ClusterSnapshot.Run;
import io.nodejoin.testbed.check.ClusterSnapshot.Token;
import io.nodejoin.testbed.check.ClusterSnapshot.Topics;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A scene in which every promise holds, to be spoilt by a test: one node joined, one join failed, one runs and has just got its
 * token, one record is a dead letter.
 */
final class SnapshotBuilder {
    static final Instant NOW = Instant.parse("2026-11-25T10:10:00Z");
    static final String JOINED = "11111111111111111111111111111111";
    static final String FAILED = "22222222222222222222222222222222";
    static final String RUNNING = "33333333333333333333333333333333";
    static final String UNASKED = "99999999999999999999999999999999";
    static final String GROUP = "system:bootstrappers:nodejoin";
    static final String LABEL = "label nodejoin.io/test=yes";
    static final String SECRET = "0123456789abcdef";

    final List<Token> tokens = new ArrayList<>();
    final List<Token> goneTokens = new ArrayList<>();
    final List<Token> acceptedGoneTokens = new ArrayList<>();
    final List<Overlap> overlaps = new ArrayList<>();
    final List<String> signed = new ArrayList<>();
    final List<CertificateRequest> certificateRequests = new ArrayList<>();
    final List<Node> nodes = new ArrayList<>();
    final List<LedgerEntry> ledger = new ArrayList<>();
    final Map<String, String> nameQuarantines = new HashMap<>();
    final List<Run> runs = new ArrayList<>();
    final List<Request> requests = new ArrayList<>();
    final List<Event> events = new ArrayList<>();
    final List<DeadLetter> deadLetters = new ArrayList<>();
    final Map<Integer, Long> committed = new HashMap<>(Map.of(0, 4L));
    final List<Host> hosts = new ArrayList<>();
    final List<AuditLine> audit = new ArrayList<>();
    final Map<String, String> sinks = new HashMap<>(Map.of("a log", "nothing to see"));
    String kubeconfig = "the same";

    SnapshotBuilder() {
        runs.add(run("joined", JOINED, "COMPLETED", "aaaaaa"));
        runs.add(run("failed", FAILED, "COMPLETED", "bbbbbb"));
        runs.add(run("running", RUNNING, "RUNNING", "cccccc"));
        requests.add(request(0, "joined", JOINED));
        requests.add(request(1, "failed", FAILED));
        requests.add(request(2, "running", RUNNING));
        requests.add(request(3, "poison", ""));
        events.add(event(0, "succeeded", "joined", JOINED, "node-uid"));
        events.add(event(1, "failed", "failed", FAILED, ""));
        events.add(accepted(2, NOW.plusSeconds(60)));
        events.add(event(3, "nodejoin.requests.v1/0/3/rejected", "rejected", "poison", "", ""));
        deadLetters.add(new DeadLetter(new Place("nodejoin.requests.v1-dlt", 0, 0), 0, 3, true, "content 3"));
        certificateRequests.add(approved("aaaaaa", "csr-1", "system:node:joined"));
        certificateRequests.add(undecided("cccccc", NOW.minusSeconds(2)));
        audit.add(new AuditLine(
                NOW.minusSeconds(190).plusMillis(900),
                JOINED,
                "csr.approve",
                "certificatesigningrequests/csr-1#csr-1"));
        nodes.add(node("joined", "node-uid", Set.of(LABEL, "label kubernetes.io/os=linux")));
        tokens.add(token("cccccc", RUNNING));
        signed.add("cccccc");
        ledger.add(new LedgerEntry(
                ref("ConfigMap", "nodejoin-system/token-cccccc", "ledger"), RUNNING, NOW.minusSeconds(5)));
        hosts.add(host("joined", Map.of("/etc/kubernetes", "directory"), "key of csr-1"));
        hosts.add(host("failed", Map.of(), null));
    }

    ClusterSnapshot snapshot() {
        return new ClusterSnapshot(
                NOW,
                new KubernetesState(
                        tokens,
                        Stream.concat(tokens.stream(), goneTokens.stream()).toList(),
                        acceptedGoneTokens,
                        overlaps,
                        signed,
                        certificateRequests,
                        nodes,
                        ledger,
                        nameQuarantines,
                        ref("ConfigMap", "kube-public/cluster-info", "info"),
                        kubeconfig,
                        "the same"),
                runs,
                new Topics(requests, events, deadLetters, committed),
                hosts,
                audit,
                sinks,
                Map.of("a token", SECRET));
    }

    static Ref ref(String kind, String name, String uid) {
        return new Ref(kind, name, uid, "7");
    }

    static Token token(String id, String join) {
        return new Token(
                ref("Secret", "kube-system/bootstrap-token-" + id, id),
                id,
                join,
                NOW.minusSeconds(5),
                NOW.plusSeconds(500).toString(),
                GROUP);
    }

    static Run run(String node, String join, String status, String tokenId) {
        Instant closed = status.equals("RUNNING") ? null : NOW.minusSeconds(100);
        return new Run(
                "node-join/testbed/" + node,
                "run-" + join,
                status,
                NOW.minusSeconds(300),
                closed,
                join,
                Set.of(tokenId));
    }

    static Node node(String name, String uid, Set<String> marks) {
        return new Node(ref("Node", name, uid), NOW.minusSeconds(200), "machine of " + name, marks);
    }

    static Request request(long offset, String node, String join) {
        return new Request(
                new Place("nodejoin.requests.v1", 0, offset),
                "io.nodejoin.join.requested.v1",
                join,
                node,
                Set.of(LABEL),
                NOW.minusSeconds(310),
                "content " + offset);
    }

    static Event event(long offset, String type, String node, String join, String nodeUid) {
        return event(offset, "event-" + offset, type, node, join, nodeUid);
    }

    private static Event event(long offset, String id, String type, String node, String join, String nodeUid) {
        return new Event(
                new Place("nodejoin.events.v1", 0, offset),
                id,
                type,
                join,
                node,
                nodeUid,
                List.of(),
                NOW.minusSeconds(100),
                null,
                "content " + offset);
    }

    /** The end of the join that failed, with this line of residue. */
    static Event leaving(String residue) {
        Event end = event(1, "failed", "failed", FAILED, "");
        return new Event(
                end.place(),
                end.id(),
                end.type(),
                end.join(),
                end.node(),
                end.nodeUid(),
                List.of(residue),
                end.time(),
                end.deadline(),
                end.content());
    }

    static Event accepted(long offset, Instant deadline) {
        return accepted(offset, "running", RUNNING, deadline);
    }

    static Event accepted(long offset, String node, String join, Instant deadline) {
        return new Event(
                new Place("nodejoin.events.v1", 0, offset),
                "event-" + offset,
                "accepted",
                join,
                node,
                "",
                List.of(),
                NOW.minusSeconds(300),
                deadline,
                "content " + offset);
    }

    static CertificateRequest approved(String tokenId, String name, String commonName) {
        return new CertificateRequest(
                ref("CertificateSigningRequest", name, name),
                tokenId,
                NOW.minusSeconds(200),
                commonName,
                "key of " + name,
                List.of(new Condition("Approved", "NodejoinApproved", NOW.minusSeconds(190))));
    }

    static CertificateRequest undecided(String tokenId, Instant created) {
        return new CertificateRequest(
                ref("CertificateSigningRequest", "open-" + tokenId, "open-" + tokenId),
                tokenId,
                created,
                "system:node:running",
                "key",
                List.of());
    }

    static Host host(String node, Map<String, String> more, @Nullable String key) {
        Map<String, String> before = Map.of("/etc", "directory");
        Map<String, String> now = new HashMap<>(before);
        now.putAll(more);
        return new Host(node, Path.of("/host", node), "machine of " + node, before, now, key != null, false, key);
    }

    /** The same host, and its kubelet runs. */
    static Host withKubelet(Host host, boolean bootstrapFile) {
        return new Host(
                host.node(),
                host.root(),
                host.machineId(),
                host.before(),
                host.now(),
                true,
                bootstrapFile,
                host.keyDigest());
    }
}

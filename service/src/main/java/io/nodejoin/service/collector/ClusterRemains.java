package io.nodejoin.service.collector;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.nodejoin.activities.ActingRight;
import io.nodejoin.activities.audit.AuditEntry;
import io.nodejoin.activities.audit.AuditLog;
import io.nodejoin.activities.kubernetes.outbox.OpenJoin;
import io.nodejoin.activities.kubernetes.outbox.OpenJoins;
import io.nodejoin.activities.kubernetes.token.LedgerEntry;
import io.nodejoin.activities.kubernetes.token.TokenLedger;
import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.discovery.TokenId;
import io.nodejoin.workflows.certificate.IssuedCertificates;
import io.nodejoin.workflows.event.Announcement;
import io.nodejoin.workflows.event.EventActivities;
import io.nodejoin.workflows.node.NameHold;
import io.nodejoin.workflows.node.NodeIdentity;
import io.nodejoin.workflows.node.NodeOwner;
import io.nodejoin.workflows.node.NodeRef;
import io.nodejoin.workflows.node.NodeState;
import io.nodejoin.workflows.token.TokenRef;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import io.nodejoin.service.worker.ClusterAdapters;

/** The remains in a real cluster, acted on by what the joins' own undos act with. */
final class ClusterRemains implements Remains {
    private final ClusterName cluster;
    private final ClusterAdapters adapters;
    private final EventActivities events;
    private final AuditLog audit;
    private final ActingRight right;

    /** @param right of the janitor while it leads */
    ClusterRemains(
            ClusterName cluster, ClusterAdapters adapters, EventActivities events, AuditLog audit, ActingRight right) {
        this.cluster = cluster;
        this.adapters = adapters;
        this.events = events;
        this.audit = audit;
        this.right = right;
    }

    @Override
    public List<Remnant> list() {
        KubernetesClient client = adapters.clients().client(cluster);
        return Remnant.of(new OpenJoins(client).all(cluster), new TokenLedger(client).all(cluster));
    }

    @Override
    public Instant now() {
        return adapters.nodes().serverTime(cluster);
    }

    @Override
    public boolean revoke(LedgerEntry entry) {
        return adapters.tokens().revoke(entry, right);
    }

    @Override
    public void removeSignature(TokenRef token) {
        adapters.clusterInfo().removeSignature(token, right);
    }

    @Override
    public void denyUndecided(TokenRef token) {
        adapters.certificates().denyUndecided(token, right);
    }

    @Override
    public Optional<String> removeNode(Remnant remnant) {
        Optional<NodeState.Registered> seen = adapters.nodes().look(remnant.nodeRef());
        if (seen.isEmpty()) {
            return Optional.empty();
        }
        NodeState.Registered node = seen.get();
        if (adapters.certificates().broughtAbout(remnant.nodeRef(), node, remnant.joinId(), tokenIds(remnant))) {
            adapters.nodes().remove(new NodeIdentity(remnant.nodeRef(), node.uid()), right);
            return Optional.empty();
        }
        return Optional.of("Node: " + remnant.node() + " exists since " + node.createdAt()
                + ", and nothing proves that this join made it (look at it, and remove it if nobody needs it)");
    }

    @Override
    public Optional<NameHold> holdName(Remnant remnant) {
        NodeRef node = remnant.nodeRef();
        IssuedCertificates certificates = adapters.certificates().issued(cluster, remnant.joinId(), tokenIds(remnant));
        Optional<String> machine = certificates.otherKey() ? Optional.empty() : machine(remnant);
        Optional<NameHold> hold = certificates
                .lastEnd()
                .filter(until -> until.isAfter(now()))
                .map(until -> new NameHold(node, remnant.joinId(), machine.orElse(null), until));
        hold.ifPresent(wanted -> adapters.nodes().hold(wanted, right));
        return hold;
    }

    @Override
    public Optional<String> readyNode(Remnant remnant) {
        return adapters.nodes().owner(remnant.nodeRef()) instanceof NodeOwner.Ours ours
                        && ours.node().joinId().equals(remnant.joinId())
                ? Optional.of(ours.node().node().uid())
                : Optional.empty();
    }

    @Override
    public Optional<NodeState.Registered> node(NodeRef node) {
        return adapters.nodes().look(node);
    }

    @Override
    public void uncordon(OpenJoin leave) {
        adapters.drains().release(new NodeRef(cluster, leave.node()), leave.joinId(), right);
    }

    @Override
    public Announcement decide(OpenJoin owed, Announcement outcome) {
        return new OpenJoins(adapters.clients().client(cluster))
                .decide(
                        owed,
                        outcome,
                        () -> right.beforeEffect(
                                new AuditEntry(cluster, owed.joinId().value(), "join.decide", OpenJoins.object(owed)),
                                audit));
    }

    @Override
    public void tell(Announcement outcome) {
        right.beforeEffect("event.publish");
        events.publish(outcome);
    }

    @Override
    public void enter(OpenJoin owed) {
        right.beforeEffect(new AuditEntry(cluster, owed.joinId().value(), "join.owe", OpenJoins.object(owed)), audit);
        new OpenJoins(adapters.clients().client(cluster)).enter(owed);
    }

    @Override
    public void forget(LedgerEntry entry) {
        adapters.tokens().forget(entry, right);
    }

    @Override
    public void forget(OpenJoin join) {
        right.beforeEffect(
                new AuditEntry(cluster, join.joinId().value(), "join.forget", OpenJoins.object(join)), audit);
        new OpenJoins(adapters.clients().client(cluster)).strike(join);
    }

    private Optional<String> machine(Remnant remnant) {
        return remnant.tokens().stream()
                .map(LedgerEntry::machineId)
                .filter(Objects::nonNull)
                .findFirst()
                .or(() -> adapters.nodes().machine(remnant.nodeRef(), remnant.joinId()));
    }

    private static Set<TokenId> tokenIds(Remnant remnant) {
        return remnant.tokens().stream().map(entry -> entry.token().tokenId()).collect(Collectors.toSet());
    }
}

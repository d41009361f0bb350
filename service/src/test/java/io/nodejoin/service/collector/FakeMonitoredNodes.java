package io.nodejoin.service.collector;

import io.nodejoin.activities.kubernetes.node.MonitoredNodes;
import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.NodeName;
import io.nodejoin.workflows.node.NameQuarantine;
import io.nodejoin.workflows.node.NodeIdentity;
import io.nodejoin.workflows.node.NodeRef;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The nodes of a cluster in memory. */
final class FakeMonitoredNodes implements MonitoredNodes {
    final Map<NodeRef, NameQuarantine> held = new HashMap<>();
    final Map<NodeRef, Instant> renewed = new HashMap<>();
    int looksForRenewals;
    final Set<NodeRef> joining = new HashSet<>();
    final Map<NodeRef, String> joined = new HashMap<>();
    final Map<NodeRef, String> present = new HashMap<>();
    final List<String> acts = new ArrayList<>();
    Instant now = FakeClusterOrphans.NOW;
    Runnable beforeRemoval = () -> {};

    static NodeRef node(String name) {
        return new NodeRef(FakeClusterOrphans.CLUSTER, new NodeName(name));
    }

    void hold(String name, Duration time) {
        hold(name, null, time);
    }

    void hold(String name, @Nullable String machine, Duration time) {
        held.put(node(name), new NameQuarantine(node(name), JoinId.of("test", name), machine, now.plus(time)));
    }

    @Override
    public List<NameQuarantine> quarantines() {
        return List.copyOf(held.values());
    }

    @Override
    public Map<NodeRef, Instant> latestRenewals(Set<NodeRef> nodes) {
        looksForRenewals++;
        return renewed;
    }

    @Override
    public void quarantine(NameQuarantine quarantine) {
        acts.add("hold " + quarantine.node().name());
        held.put(quarantine.node(), quarantine);
    }

    @Override
    public Set<NodeRef> nodesBeingJoined() {
        return joining;
    }

    @Override
    public Optional<String> findJoinedUid(NodeRef node) {
        return Optional.ofNullable(joined.get(node));
    }

    @Override
    public List<NodeIdentity> joinedNodes() {
        return joined.entrySet().stream()
                .map(entry -> new NodeIdentity(entry.getKey(), entry.getValue()))
                .toList();
    }

    @Override
    public Optional<String> findUid(NodeRef node) {
        return Optional.ofNullable(present.get(node));
    }

    @Override
    public Map<NodeRef, String> listUids() {
        return present;
    }

    @Override
    public Instant now() {
        return now;
    }

    @Override
    public void remove(NodeIdentity node) {
        beforeRemoval.run();
        acts.add("remove " + node.ref().name() + "#" + node.uid());
        present.remove(node.ref(), node.uid());
    }

    @Override
    public void releaseQuarantine(NameQuarantine quarantine) {
        acts.add("release " + quarantine.node().name());
        held.remove(quarantine.node(), quarantine);
    }

    @Override
    public void deleteJoinedNode(NodeIdentity node) {
        acts.add("forget " + node.ref().name() + "#" + node.uid());
        joined.remove(node.ref(), node.uid());
    }
}

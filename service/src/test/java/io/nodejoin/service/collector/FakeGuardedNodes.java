package io.nodejoin.service.collector;

import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.NodeName;
import io.nodejoin.workflows.node.NameHold;
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
final class FakeGuardedNodes implements GuardedNodes {
    final Map<NodeRef, NameHold> held = new HashMap<>();
    final Map<NodeRef, Instant> renewed = new HashMap<>();
    int looksForRenewals;
    final Set<NodeRef> joining = new HashSet<>();
    final Map<NodeRef, String> joined = new HashMap<>();
    final Map<NodeRef, String> present = new HashMap<>();
    final List<String> acts = new ArrayList<>();
    Instant now = FakeRemains.NOW;

    static NodeRef node(String name) {
        return new NodeRef(FakeRemains.CLUSTER, new NodeName(name));
    }

    void hold(String name, Duration time) {
        hold(name, null, time);
    }

    void hold(String name, @Nullable String machine, Duration time) {
        held.put(node(name), new NameHold(node(name), JoinId.of("test", name), machine, now.plus(time)));
    }

    @Override
    public List<NameHold> held() {
        return List.copyOf(held.values());
    }

    @Override
    public Map<NodeRef, Instant> renewed(Set<NodeRef> nodes) {
        looksForRenewals++;
        return renewed;
    }

    @Override
    public void hold(NameHold hold) {
        acts.add("hold " + hold.node().node());
        held.put(hold.node(), hold);
    }

    @Override
    public Set<NodeRef> joining() {
        return joining;
    }

    @Override
    public Optional<String> joined(NodeRef node) {
        return Optional.ofNullable(joined.get(node));
    }

    @Override
    public List<NodeIdentity> joined() {
        return joined.entrySet().stream()
                .map(entry -> new NodeIdentity(entry.getKey(), entry.getValue()))
                .toList();
    }

    @Override
    public Optional<String> present(NodeRef node) {
        return Optional.ofNullable(present.get(node));
    }

    @Override
    public Map<NodeRef, String> present() {
        return present;
    }

    @Override
    public Instant now() {
        return now;
    }

    @Override
    public void remove(NodeIdentity node) {
        acts.add("remove " + node.node().node() + "#" + node.uid());
        present.remove(node.node(), node.uid());
    }

    @Override
    public void release(NameHold hold) {
        acts.add("release " + hold.node().node());
        held.remove(hold.node(), hold);
    }

    @Override
    public void forget(NodeIdentity node) {
        acts.add("forget " + node.node().node() + "#" + node.uid());
        joined.remove(node.node(), node.uid());
    }
}

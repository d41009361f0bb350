package io.nodejoin.service.collector;

import io.nodejoin.activities.kubernetes.node.MonitoredNodes;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.workflows.node.NameQuarantine;
import io.nodejoin.workflows.node.NodeIdentity;
import io.nodejoin.workflows.node.NodeRef;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Monitors Nodes after their joins, since Kubernetes cannot revoke certificates and the holder of one can register its
 * Node at any time. Deletes a Node under a quarantined name; reports a replaced Node, since an operator may have
 * replaced it.
 */
final class NodeMonitor {
    /**
     * Interval of checks for renewed certificates under quarantined names; quarantines that end sooner are checked each
     * time.
     */
    static final Duration RENEWAL_CHECK_INTERVAL = Duration.ofMinutes(1);
    /** Interval of comparing the recorded Nodes with those of the cluster, which is a long list. */
    static final Duration COMPARE_INTERVAL = Duration.ofMinutes(1);
    /** The record of a Node is deleted after the Node has been absent for this long. */
    static final Duration FORGET_AFTER = Duration.ofHours(1);

    private static final Logger LOG = LoggerFactory.getLogger(NodeMonitor.class);

    private final MonitoredNodes nodes;
    private final CollectorMetrics metrics;
    private final FreshnessGuard guard;
    private final LongSupplier nanoTime;
    private final Map<NodeIdentity, Long> absentSince = new HashMap<>();
    private final Set<NodeIdentity> reported = new HashSet<>();
    private Optional<Long> lastCompared = Optional.empty();
    private Optional<Long> lastRenewalCheck = Optional.empty();

    NodeMonitor(MonitoredNodes nodes, CollectorMetrics metrics, FreshnessGuard guard, LongSupplier nanoTime) {
        this.nodes = nodes;
        this.metrics = metrics;
        this.guard = guard;
        this.nanoTime = nanoTime;
    }

    /** Runs one check. */
    void run() {
        enforceQuarantines();
        long now = nanoTime.getAsLong();
        if (isDue(lastCompared, COMPARE_INTERVAL)) {
            compareJoinedNodes(now);
            lastCompared = Optional.of(now);
        }
    }

    private boolean isDue(Optional<Long> last, Duration pause) {
        return last.filter(at -> nanoTime.getAsLong() - at < pause.toNanos()).isEmpty();
    }

    private void enforceQuarantines() {
        List<NameQuarantine> quarantines = nodes.quarantines();
        if (quarantines.isEmpty()) {
            return;
        }
        Instant now = nodes.now();
        for (NameQuarantine quarantine : extendForRenewals(quarantines, now)) {
            if (quarantine.until().isAfter(now)) {
                nodes.findUid(quarantine.node()).ifPresent(uid -> removeUnlessJoined(quarantine, uid));
            } else {
                nodes.releaseQuarantine(quarantine);
            }
        }
    }

    /**
     * Extends quarantines: the holder of a certificate can renew it before it expires, so the quarantine lasts until
     * the last certificate expires.
     */
    private List<NameQuarantine> extendForRenewals(List<NameQuarantine> quarantines, Instant now) {
        boolean oneEnds = quarantines.stream()
                .anyMatch(quarantine -> quarantine.until().isBefore(now.plus(RENEWAL_CHECK_INTERVAL)));
        if (!oneEnds && !isDue(lastRenewalCheck, RENEWAL_CHECK_INTERVAL)) {
            return quarantines;
        }
        Map<NodeRef, Instant> renewed = nodes.latestRenewals(
                quarantines.stream().map(NameQuarantine::node).collect(Collectors.toSet()));
        lastRenewalCheck = Optional.of(nanoTime.getAsLong());
        return quarantines.stream()
                .map(quarantine -> Optional.ofNullable(renewed.get(quarantine.node()))
                        .filter(until -> until.isAfter(quarantine.until()) && !isRejoinedMachine(quarantine))
                        .map(until -> extend(quarantine, until))
                        .orElse(quarantine))
                .toList();
    }

    /** The machine that the quarantine admits has joined again, so the renewals are those of its kubelet. */
    private boolean isRejoinedMachine(NameQuarantine quarantine) {
        return quarantine.machineId() != null
                && nodes.findUid(quarantine.node())
                        .filter(uid -> isJoined(quarantine.node(), uid))
                        .isPresent();
    }

    private boolean isJoined(NodeRef node, String uid) {
        return nodes.findJoinedUid(node).filter(uid::equals).isPresent();
    }

    private NameQuarantine extend(NameQuarantine quarantine, Instant until) {
        NameQuarantine longer =
                new NameQuarantine(quarantine.node(), quarantine.joinId(), quarantine.machineId(), until);
        nodes.quarantine(longer);
        LOG.warn("a certificate for a quarantined name was renewed; {}", longer.describe());
        return longer;
    }

    /** A join records its Node before it ends, so running joins are listed first. */
    private void removeUnlessJoined(NameQuarantine quarantine, String uid) {
        if (guard.read(
                () -> nodes.nodesBeingJoined().contains(quarantine.node()) || isJoined(quarantine.node(), uid))) {
            return;
        }
        nodes.remove(new NodeIdentity(quarantine.node(), uid));
        metrics.quarantinedNodeRemoved();
        LOG.warn(
                "{}: Node {} with UID {} was not created by a join and is deleted; {}",
                ErrorCode.QUARANTINED_NODE_APPEARED,
                quarantine.node().name(),
                uid,
                quarantine.describe());
    }

    private void compareJoinedNodes(long now) {
        List<NodeIdentity> joined = nodes.joinedNodes();
        absentSince.keySet().retainAll(joined);
        if (joined.isEmpty()) {
            return;
        }
        Map<NodeRef, String> present = nodes.listUids();
        Set<NodeRef> joining = nodes.nodesBeingJoined();
        for (NodeIdentity known : joined) {
            Optional<String> uid = Optional.ofNullable(present.get(known.ref()));
            if (uid.isEmpty()) {
                deleteAfterAbsence(known, now);
            } else {
                absentSince.remove(known);
                uid.filter(other -> !other.equals(known.uid()) && !joining.contains(known.ref()))
                        .ifPresent(other -> report(known, other));
            }
        }
    }

    private void deleteAfterAbsence(NodeIdentity node, long now) {
        long since = absentSince.computeIfAbsent(node, _ -> now);
        if (now - since >= FORGET_AFTER.toNanos()) {
            nodes.deleteJoinedNode(node);
            absentSince.remove(node);
        }
    }

    private void report(NodeIdentity known, String uid) {
        if (reported.add(new NodeIdentity(known.ref(), uid))) {
            metrics.nodeReplaced();
            LOG.warn(
                    "{}: Node {} was joined with UID {} and has UID {} now, which no join brought about",
                    ErrorCode.NODE_UID_CHANGED,
                    known.ref().name(),
                    known.uid(),
                    uid);
        }
    }
}

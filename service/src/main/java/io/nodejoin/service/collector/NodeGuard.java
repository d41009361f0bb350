package io.nodejoin.service.collector;

import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.workflows.node.NameHold;
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
 * Watches what comes under names that Nodejoin knows, after their joins. Kubernetes cannot revoke a certificate, so whoever
 * holds one can register its Node at any time: under a name that is held back it is removed; under that of a joined Node it
 * is reported, since a person may have meant it.
 */
final class NodeGuard {
    /** How often it is looked for certificates that were renewed under held names; those that end sooner are looked for each time. */
    static final Duration RENEWALS = Duration.ofMinutes(1);
    /** How often the joined Nodes are compared with those of the cluster, which is a long list. */
    static final Duration COMPARE = Duration.ofMinutes(1);
    /** A Node that has been gone for so long is remembered no more. */
    static final Duration MEMORY = Duration.ofHours(1);

    private static final Logger LOG = LoggerFactory.getLogger(NodeGuard.class);

    private final GuardedNodes nodes;
    private final JanitorMeters meters;
    private final LongSupplier nanoTime;
    private final Map<NodeIdentity, Long> absentSince = new HashMap<>();
    private final Set<NodeIdentity> reported = new HashSet<>();
    private Optional<Long> compared = Optional.empty();
    private Optional<Long> renewals = Optional.empty();

    NodeGuard(GuardedNodes nodes, JanitorMeters meters, LongSupplier nanoTime) {
        this.nodes = nodes;
        this.meters = meters;
        this.nanoTime = nanoTime;
    }

    /**
     * Looks once.
     *
     * @throws NotLeadingException if another replica leads by now
     */
    void run() {
        guardHeldNames();
        long now = nanoTime.getAsLong();
        if (isDue(compared, COMPARE)) {
            compareJoined(now);
            compared = Optional.of(now);
        }
    }

    private boolean isDue(Optional<Long> last, Duration pause) {
        return last.filter(at -> nanoTime.getAsLong() - at < pause.toNanos()).isEmpty();
    }

    private void guardHeldNames() {
        List<NameHold> holds = nodes.held();
        if (holds.isEmpty()) {
            return;
        }
        Instant now = nodes.now();
        for (NameHold hold : withRenewals(holds, now)) {
            if (hold.until().isAfter(now)) {
                nodes.present(hold.node()).ifPresent(uid -> judge(hold, uid));
            } else {
                nodes.release(hold);
            }
        }
    }

    /** Whoever has a certificate can get another one by it before it ends; the name is held as long as the last of them lives. */
    private List<NameHold> withRenewals(List<NameHold> holds, Instant now) {
        boolean oneEnds = holds.stream().anyMatch(hold -> hold.until().isBefore(now.plus(RENEWALS)));
        if (!oneEnds && !isDue(renewals, RENEWALS)) {
            return holds;
        }
        Map<NodeRef, Instant> renewed =
                nodes.renewed(holds.stream().map(NameHold::node).collect(Collectors.toSet()));
        renewals = Optional.of(nanoTime.getAsLong());
        return holds.stream()
                .map(hold -> Optional.ofNullable(renewed.get(hold.node()))
                        .filter(until -> until.isAfter(hold.until()) && !isBackOnItsMachine(hold))
                        .map(until -> prolonged(hold, until))
                        .orElse(hold))
                .toList();
    }

    /** The machine for which the name is held has joined again: it is its kubelet that renews. */
    private boolean isBackOnItsMachine(NameHold hold) {
        return hold.machineId() != null
                && nodes.present(hold.node())
                        .filter(uid -> isJoined(hold.node(), uid))
                        .isPresent();
    }

    private boolean isJoined(NodeRef node, String uid) {
        return nodes.joined(node).filter(uid::equals).isPresent();
    }

    private NameHold prolonged(NameHold hold, Instant until) {
        NameHold longer = new NameHold(hold.node(), hold.joinId(), hold.machineId(), until);
        nodes.hold(longer);
        LOG.warn("the certificate of a held name was renewed; {}", longer.text());
        return longer;
    }

    /** A join enters its Node before it ends, so the joins are looked at first. */
    private void judge(NameHold hold, String uid) {
        if (nodes.joining().contains(hold.node()) || isJoined(hold.node(), uid)) {
            return;
        }
        nodes.remove(new NodeIdentity(hold.node(), uid));
        meters.quarantinedNodeRemoved();
        LOG.warn(
                "{}: Node {} with UID {} came from no join and is removed; {}",
                ErrorCode.QUARANTINED_NODE_APPEARED,
                hold.node().node(),
                uid,
                hold.text());
    }

    private void compareJoined(long now) {
        List<NodeIdentity> joined = nodes.joined();
        absentSince.keySet().retainAll(joined);
        if (joined.isEmpty()) {
            return;
        }
        Map<NodeRef, String> present = nodes.present();
        Set<NodeRef> joining = nodes.joining();
        for (NodeIdentity known : joined) {
            Optional<String> uid = Optional.ofNullable(present.get(known.node()));
            if (uid.isEmpty()) {
                forgetAfterAWhile(known, now);
            } else {
                absentSince.remove(known);
                uid.filter(other -> !other.equals(known.uid()) && !joining.contains(known.node()))
                        .ifPresent(other -> report(known, other));
            }
        }
    }

    private void forgetAfterAWhile(NodeIdentity node, long now) {
        long since = absentSince.computeIfAbsent(node, _ -> now);
        if (now - since >= MEMORY.toNanos()) {
            nodes.forget(node);
            absentSince.remove(node);
        }
    }

    private void report(NodeIdentity known, String uid) {
        if (reported.add(new NodeIdentity(known.node(), uid))) {
            meters.nodeReplaced();
            LOG.warn(
                    "{}: Node {} was joined with UID {} and has UID {} now, which no join brought about",
                    ErrorCode.NODE_UID_CHANGED,
                    known.node().node(),
                    known.uid(),
                    uid);
        }
    }
}

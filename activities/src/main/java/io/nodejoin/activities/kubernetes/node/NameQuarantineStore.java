package io.nodejoin.activities.kubernetes.node;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.nodejoin.activities.kubernetes.store.ConfigMapStore;
import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.NodeName;
import io.nodejoin.protocol.Problem;
import io.nodejoin.workflows.failure.FailureType;
import io.nodejoin.workflows.failure.Failures;
import io.nodejoin.workflows.node.NameQuarantine;
import io.nodejoin.workflows.node.NodeRef;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Stores the quarantined names of one cluster, next to the token ledger, so that a backup restores both. */
final class NameQuarantineStore {
    private static final String PREFIX = "quarantine-";
    private static final String JOIN = "joinId";
    private static final String MACHINE = "machineId";
    private static final String UNTIL = "until";
    /** Added right before the deletion, since a deletion has no date that a policy could compare with the end. */
    private static final String ENDED = "ended";

    private final ClusterName cluster;
    private final ConfigMapStore store;

    NameQuarantineStore(ClusterName cluster, KubernetesClient client) {
        this.cluster = cluster;
        store = ConfigMapStore.ofNodes(client, PREFIX, "quarantined-names");
    }

    static String resourceName(NodeRef node) {
        return ConfigMapStore.resourceName(PREFIX, node.name().value());
    }

    /** A quarantine and the entry that it was parsed from. */
    record Entry(ConfigMapStore.Entry entry, NameQuarantine quarantine) {}

    /** Returns the entry of the name. An entry that cannot be parsed quarantines the name for every machine. */
    Optional<Entry> get(NodeRef node) {
        return store.get(node.name().value()).map(entry -> new Entry(entry, parseOrFail(entry)));
    }

    /** Returns every entry that can be parsed; the name of any other is quarantined as well. */
    List<NameQuarantine> list() {
        return store.list(this::parseEntry);
    }

    /**
     * Writes the quarantine in place of the one that was read. Fails with CONFLICT if another writer was faster, unless
     * with the same one.
     */
    void put(Optional<Entry> read, NameQuarantine quarantine) {
        String id = quarantine.node().name().value();
        boolean written = read.isPresent()
                ? store.replaceIfUnchanged(read.get().entry(), data(quarantine))
                : store.create(id, data(quarantine));
        store.requireWritten(id, written || contains(get(quarantine.node()), quarantine));
    }

    /** Returns whether the entry is this quarantine. */
    static boolean contains(Optional<Entry> entry, NameQuarantine quarantine) {
        return entry.map(Entry::quarantine).filter(quarantine::equals).isPresent();
    }

    private static Map<String, String> data(NameQuarantine quarantine) {
        Map<String, String> data = new HashMap<>();
        data.put(JOIN, quarantine.joinId().value());
        data.put(UNTIL, quarantine.until().toString());
        if (quarantine.machineId() != null) {
            data.put(MACHINE, quarantine.machineId());
        }
        return data;
    }

    /** Deletes this quarantine unless it has changed since it was read. The cluster refuses the mark before its end. */
    void end(NameQuarantine quarantine) {
        get(quarantine.node())
                .filter(entry -> entry.quarantine().equals(quarantine))
                .flatMap(entry -> store.mark(entry.entry(), ENDED))
                .ifPresent(store::deleteIfUnchanged);
    }

    private NameQuarantine parseOrFail(ConfigMapStore.Entry entry) {
        try {
            return parseEntry(entry);
        } catch (IllegalArgumentException e) {
            throw Failures.of(
                    FailureType.FORBIDDEN,
                    new Problem(
                            ErrorCode.NODE_QUARANTINED,
                            ConfigMapStore.resourceName(PREFIX, entry.id()) + " of the cluster cannot be read"));
        }
    }

    private NameQuarantine parseEntry(ConfigMapStore.Entry entry) {
        return new NameQuarantine(
                new NodeRef(cluster, new NodeName(entry.id())),
                new JoinId(entry.require(JOIN)),
                entry.data().get(MACHINE),
                entry.requireInstant(UNTIL));
    }
}

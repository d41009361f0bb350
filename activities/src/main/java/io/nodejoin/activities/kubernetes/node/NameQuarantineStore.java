package io.nodejoin.activities.kubernetes.node;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.nodejoin.activities.kubernetes.store.NodeConfigMapStore;
import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.Problem;
import io.nodejoin.workflows.failure.FailureType;
import io.nodejoin.workflows.failure.Failures;
import io.nodejoin.workflows.node.NameQuarantine;
import io.nodejoin.workflows.node.NodeRef;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Stores the quarantined names of one cluster, next to the token ledger, so that a backup restores both. */
final class NameQuarantineStore {
    private static final Logger LOG = LoggerFactory.getLogger(NameQuarantineStore.class);
    private static final String PREFIX = "quarantine-";
    private static final String JOIN = "joinId";
    private static final String MACHINE = "machineId";
    private static final String UNTIL = "until";

    private final ClusterName cluster;
    private final NodeConfigMapStore store;

    NameQuarantineStore(ClusterName cluster, KubernetesClient client) {
        this.cluster = cluster;
        store = new NodeConfigMapStore(client, PREFIX, "quarantined-names");
    }

    static String resourceName(NodeRef node) {
        return NodeConfigMapStore.resourceName(PREFIX, node.name());
    }

    /** A quarantine and the entry that it was parsed from. */
    record Entry(NodeConfigMapStore.Entry entry, NameQuarantine quarantine) {}

    /** Returns the entry of the name. An entry that cannot be parsed quarantines the name for every machine. */
    Optional<Entry> get(NodeRef node) {
        return store.get(node.name()).map(entry -> new Entry(entry, parseOrFail(entry)));
    }

    /** Returns every entry that can be parsed; the name of any other is quarantined as well. */
    List<NameQuarantine> list() {
        return store.list().stream()
                .flatMap(entry -> parseIfValid(entry).stream())
                .toList();
    }

    /** Writes the quarantine in place of the one that was read. Returns false if another writer was faster. */
    boolean put(Optional<Entry> read, NameQuarantine quarantine) {
        return read.isPresent()
                ? store.replaceIfUnchanged(read.get().entry(), data(quarantine))
                : store.create(quarantine.node().name(), data(quarantine));
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

    /** Deletes this quarantine unless it has changed since it was read. */
    void deleteIfUnchanged(NameQuarantine quarantine) {
        get(quarantine.node())
                .filter(entry -> entry.quarantine().equals(quarantine))
                .ifPresent(entry -> store.deleteIfUnchanged(entry.entry()));
    }

    private Optional<NameQuarantine> parseIfValid(NodeConfigMapStore.Entry entry) {
        try {
            return Optional.of(parseEntry(entry));
        } catch (IllegalArgumentException | DateTimeParseException invalid) {
            LOG.warn("the quarantine of name {} of {} cannot be parsed", entry.node(), cluster, invalid);
            return Optional.empty();
        }
    }

    private NameQuarantine parseOrFail(NodeConfigMapStore.Entry entry) {
        try {
            return parseEntry(entry);
        } catch (IllegalArgumentException | DateTimeParseException e) {
            throw Failures.of(
                    FailureType.FORBIDDEN,
                    new Problem(
                            ErrorCode.NODE_QUARANTINED,
                            NodeConfigMapStore.resourceName(PREFIX, entry.node()) + " of the cluster cannot be read"));
        }
    }

    private NameQuarantine parseEntry(NodeConfigMapStore.Entry entry) {
        return new NameQuarantine(
                new NodeRef(cluster, entry.node()),
                new JoinId(entry.require(JOIN)),
                entry.data().get(MACHINE),
                Instant.parse(entry.require(UNTIL)));
    }
}

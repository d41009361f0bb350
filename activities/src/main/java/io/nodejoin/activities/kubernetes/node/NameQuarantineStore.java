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

/** The names of one cluster that are held back, beside its ledger: who restores the one restores the other. */
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

    /** A hold and the entry that it was read from. */
    record Entry(NodeConfigMapStore.Entry entry, NameQuarantine quarantine) {}

    /** An entry that a person has spoilt keeps the name from everybody: it was written for a reason. */
    Optional<Entry> get(NodeRef node) {
        return store.get(node.name()).map(entry -> new Entry(entry, parseOrFail(entry)));
    }

    /** Every entry that can be read; one that cannot keeps its name from joins all the same. */
    List<NameQuarantine> list() {
        return store.list().stream()
                .flatMap(entry -> parseIfValid(entry).stream())
                .toList();
    }

    /** Writes the hold in the place of the one that was read, or of none; what another writer wrote meanwhile is to be read first. */
    void put(Optional<Entry> read, NameQuarantine quarantine) {
        boolean written = read.isPresent()
                ? store.replaceIfUnchanged(read.get().entry(), data(quarantine))
                : store.create(quarantine.node().name(), data(quarantine));
        if (!written) {
            throw Failures.of(
                    FailureType.CONFLICT,
                    new Problem(
                            ErrorCode.OBJECT_CONFLICT,
                            resourceName(quarantine.node()) + " was written by another join in the same moment"));
        }
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

    /** Strikes this hold, and none that was renewed since it was read. */
    void deleteIfUnchanged(NameQuarantine quarantine) {
        get(quarantine.node())
                .filter(entry -> entry.quarantine().equals(quarantine))
                .ifPresent(entry -> store.deleteIfUnchanged(entry.entry()));
    }

    private Optional<NameQuarantine> parseIfValid(NodeConfigMapStore.Entry entry) {
        try {
            return Optional.of(parseEntry(entry));
        } catch (IllegalArgumentException | DateTimeParseException invalid) {
            LOG.warn("the hold of name {} of {} cannot be read", entry.node(), cluster, invalid);
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

package io.nodejoin.activities.kubernetes.node;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.nodejoin.activities.kubernetes.store.NodeNotes;
import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.Problem;
import io.nodejoin.workflows.failure.FailureType;
import io.nodejoin.workflows.failure.Failures;
import io.nodejoin.workflows.node.NameHold;
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
final class NameHolds {
    private static final Logger LOG = LoggerFactory.getLogger(NameHolds.class);
    private static final String PREFIX = "held-";
    private static final String JOIN = "joinId";
    private static final String MACHINE = "machineId";
    private static final String UNTIL = "until";

    private final ClusterName cluster;
    private final NodeNotes notes;

    NameHolds(ClusterName cluster, KubernetesClient client) {
        this.cluster = cluster;
        notes = new NodeNotes(client, PREFIX, "held-names");
    }

    static String object(NodeRef node) {
        return NodeNotes.object(PREFIX, node.node());
    }

    /** A hold and the entry that it was read from. */
    record Entry(NodeNotes.Note note, NameHold hold) {}

    /** An entry that a person has spoilt keeps the name from everybody: it was written for a reason. */
    Optional<Entry> of(NodeRef node) {
        return notes.of(node.node()).map(note -> new Entry(note, hold(note)));
    }

    /** Every entry that can be read; one that cannot keeps its name from joins all the same. */
    List<NameHold> all() {
        return notes.all().stream().flatMap(note -> readable(note).stream()).toList();
    }

    /** Writes the hold in the place of the one that was read, or of none; what another writer wrote meanwhile is to be read first. */
    void put(Optional<Entry> read, NameHold hold) {
        boolean written = read.isPresent()
                ? notes.replace(read.get().note(), data(hold))
                : notes.enter(hold.node().node(), data(hold));
        if (!written) {
            throw Failures.of(
                    FailureType.CONFLICT,
                    new Problem(
                            ErrorCode.NODE_QUARANTINED,
                            object(hold.node()) + " was written by another join in the same moment"));
        }
    }

    private static Map<String, String> data(NameHold hold) {
        Map<String, String> data = new HashMap<>();
        data.put(JOIN, hold.joinId().value());
        data.put(UNTIL, hold.until().toString());
        if (hold.machineId() != null) {
            data.put(MACHINE, hold.machineId());
        }
        return data;
    }

    /** Strikes this hold, and none that was renewed since it was read. */
    void strike(NameHold hold) {
        of(hold.node()).filter(entry -> entry.hold().equals(hold)).ifPresent(entry -> notes.strike(entry.note()));
    }

    private Optional<NameHold> readable(NodeNotes.Note note) {
        try {
            return Optional.of(read(note));
        } catch (IllegalArgumentException | DateTimeParseException unreadable) {
            LOG.warn("the hold of name {} of {} cannot be read", note.node(), cluster, unreadable);
            return Optional.empty();
        }
    }

    private NameHold hold(NodeNotes.Note note) {
        try {
            return read(note);
        } catch (IllegalArgumentException | DateTimeParseException e) {
            throw Failures.of(
                    FailureType.FORBIDDEN,
                    new Problem(
                            ErrorCode.NODE_QUARANTINED,
                            NodeNotes.object(PREFIX, note.node()) + " of the cluster cannot be read"));
        }
    }

    private NameHold read(NodeNotes.Note note) {
        return new NameHold(
                new NodeRef(cluster, note.node()),
                new JoinId(note.member(JOIN)),
                note.data().get(MACHINE),
                Instant.parse(note.member(UNTIL)));
    }
}

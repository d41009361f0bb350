package io.nodejoin.activities.node;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.nodejoin.activities.NodeNotes;
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

    /** An entry that a person has spoilt keeps the name from everybody: it was written for a reason. */
    Optional<NameHold> of(NodeRef node) {
        return notes.of(node.node()).map(this::hold);
    }

    /** Every entry that can be read; one that cannot keeps its name from joins all the same. */
    List<NameHold> all() {
        return notes.all().stream().flatMap(note -> readable(note).stream()).toList();
    }

    /** Writes the entry; false if there is another one of the name. */
    boolean enter(NameHold hold) {
        Map<String, String> data = new HashMap<>();
        data.put(JOIN, hold.joinId().value());
        data.put(UNTIL, hold.until().toString());
        if (hold.machineId() != null) {
            data.put(MACHINE, hold.machineId());
        }
        return notes.enter(hold.node().node(), data);
    }

    void strike(NodeRef node) {
        notes.strike(node.node());
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

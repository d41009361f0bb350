package io.nodejoin.activities.kubernetes.node;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.nodejoin.activities.kubernetes.store.NodeNotes;
import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.Problem;
import io.nodejoin.protocol.join.JoinRequested;
import io.nodejoin.workflows.failure.FailureType;
import io.nodejoin.workflows.failure.Failures;
import io.nodejoin.workflows.node.JoinedNode;
import io.nodejoin.workflows.node.NodeIdentity;
import io.nodejoin.workflows.node.NodeRef;
import io.nodejoin.workflows.node.ResetMark;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which machine each Node of one cluster was made of. A note outlives its Node for a while, so that another Node of the name
 * can be told from the joined one.
 */
final class JoinedNodes {
    private static final Logger LOG = LoggerFactory.getLogger(JoinedNodes.class);
    private static final String PREFIX = "joined-";
    private static final String NODE_UID = "nodeUid";
    private static final String JOIN = "joinId";
    private static final String ENROLLMENT = "enrollment";
    private static final String PUBLIC_KEY = "publicKey";
    private static final String MACHINE = "machineId";
    private static final String SYSTEM = "systemUuid";
    private static final String REQUEST = "request";
    private static final String RESET_BY = "resetBy";
    private static final JsonMapper JSON = JsonMapper.builder()
            .addModule(new JavaTimeModule())
            .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();

    private final ClusterName cluster;
    private final NodeNotes notes;

    JoinedNodes(ClusterName cluster, KubernetesClient client) {
        this.cluster = cluster;
        notes = new NodeNotes(client, PREFIX, "joined-nodes");
    }

    static String object(NodeRef node) {
        return NodeNotes.object(PREFIX, node.node());
    }

    /** The note on the Node of this name. What a person has spoilt is as good as absent: nobody is taken for a node by it. */
    Optional<NodeNote> of(NodeRef node) {
        return notes.of(node.node()).flatMap(this::read);
    }

    /** Every note that can be read. */
    List<JoinedNode> all() {
        return notes.all().stream()
                .flatMap(note -> read(note).stream())
                .map(NodeNote::joined)
                .toList();
    }

    /** Writes the note in the place of whatever is noted of the name. */
    void put(JoinedNode joined) {
        NodeRef node = joined.node().node();
        Optional<NodeNotes.Note> earlier = notes.of(node.node());
        require(
                node,
                earlier.isPresent()
                        ? notes.replace(earlier.get(), data(joined))
                        : notes.enter(node.node(), data(joined)));
    }

    private static Map<String, String> data(JoinedNode joined) {
        NodeIdentity node = joined.node();
        Map<String, String> data = new HashMap<>(Map.of(
                NODE_UID, node.uid(),
                JOIN, joined.joinId().value(),
                ENROLLMENT, joined.enrollment(),
                PUBLIC_KEY, joined.publicKey(),
                MACHINE, joined.machineId()));
        if (joined.systemUuid() != null) {
            data.put(SYSTEM, joined.systemUuid());
        }
        if (joined.wanted() != null) {
            data.put(REQUEST, text(joined.wanted()));
        }
        return data;
    }

    /** Whether there is a note that does not say yet that a join resets the host of its Node. */
    boolean isUnmarked(NodeRef node) {
        return notes.of(node.node())
                .filter(note -> !note.data().containsKey(RESET_BY))
                .isPresent();
    }

    /** Has the note say that this join resets the host of its Node. */
    void mark(ResetMark mark) {
        notes.of(mark.node().node()).ifPresent(note -> {
            Map<String, String> data = new HashMap<>(note.data());
            data.put(RESET_BY, mark.joinId().value());
            require(mark.node(), notes.replace(note, data));
        });
    }

    /** Strikes the note on this very Node, and none on another one of the name. */
    void strike(NodeIdentity node) {
        notes.of(node.node().node())
                .filter(note -> node.uid().equals(note.data().get(NODE_UID)))
                .ifPresent(note -> require(node.node(), notes.strike(note)));
    }

    /** Where another writer came between reading and writing, it is to be read again. */
    private static void require(NodeRef node, boolean written) {
        if (!written) {
            throw Failures.of(
                    FailureType.CONFLICT,
                    new Problem(
                            ErrorCode.NODE_NAME_IN_USE,
                            object(node) + " was written by somebody else in the same moment"));
        }
    }

    private Optional<NodeNote> read(NodeNotes.Note note) {
        NodeRef node = new NodeRef(cluster, note.node());
        try {
            JoinedNode joined = new JoinedNode(
                    new NodeIdentity(node, note.member(NODE_UID)),
                    new JoinId(note.member(JOIN)),
                    note.member(ENROLLMENT),
                    note.member(PUBLIC_KEY),
                    note.member(MACHINE),
                    note.data().get(SYSTEM),
                    wanted(node, note.data().get(REQUEST)));
            @Nullable String resetBy = note.data().get(RESET_BY);
            return Optional.of(new NodeNote(joined, resetBy == null ? null : new JoinId(resetBy)));
        } catch (IllegalArgumentException unreadable) {
            LOG.warn("{} of {} cannot be read", object(node), cluster, unreadable);
            return Optional.empty();
        }
    }

    private static String text(JoinRequested wanted) {
        try {
            return JSON.writeValueAsString(wanted);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("the request cannot be written as JSON", e);
        }
    }

    /** A request that cannot be read is as good as absent; the machine is known by the rest of the note. */
    private static @Nullable JoinRequested wanted(NodeRef node, @Nullable String text) {
        try {
            return text == null ? null : JSON.readValue(text, JoinRequested.class);
        } catch (JsonProcessingException unreadable) {
            LOG.warn("the {} in {} cannot be read", REQUEST, object(node), unreadable);
            return null;
        }
    }
}

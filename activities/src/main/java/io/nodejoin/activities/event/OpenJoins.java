package io.nodejoin.activities.event;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.nodejoin.activities.OwnEntries;
import io.nodejoin.activities.OwnObjects;
import io.nodejoin.activities.WorkflowRun;
import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.NodeName;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** The joins of one cluster whose outcome is owed, kept beside its tokens: they outlive Temporal's database. */
public final class OpenJoins {
    private static final String PREFIX = "join-";
    private static final String NODE = "node";
    private static final String ACCEPTED_AT = "acceptedAt";

    private final OwnEntries entries;

    public OpenJoins(KubernetesClient client) {
        this.entries = new OwnEntries(client, PREFIX);
    }

    /** The entry as audit lines name it. */
    public static String object(JoinId joinId) {
        return "configmaps/" + OwnObjects.NAMESPACE + "/" + PREFIX + joinId;
    }

    /** Writes the entry. One of the same join is replaced: the run that begins with it owes the outcome from then on. */
    void enter(NodeName node, JoinId joinId, Instant acceptedAt, WorkflowRun run) {
        Map<String, String> data = Map.of(NODE, node.value(), ACCEPTED_AT, acceptedAt.toString());
        if (!entries.enter(joinId.value(), joinId, run, data)) {
            entries.strike(joinId.value());
            entries.enter(joinId.value(), joinId, run, data);
        }
    }

    /** Removes the entry of a join; absent counts as removed. */
    void strike(JoinId joinId) {
        entries.strike(joinId.value());
    }

    /** Removes this very entry, and no later one of the same join. */
    public void strike(OpenJoin join) {
        entries.strike(join.joinId().value(), join.uid());
    }

    /** Every entry of the cluster. */
    public List<OpenJoin> all(ClusterName cluster) {
        return entries.all(entry -> new OpenJoin(
                cluster,
                new NodeName(entry.member(NODE)),
                entry.joinId(),
                instant(entry.member(ACCEPTED_AT)),
                entry.run(),
                entry.uid()));
    }

    private static Instant instant(String text) {
        try {
            return Instant.parse(text);
        } catch (DateTimeException e) {
            throw new IllegalArgumentException("its " + ACCEPTED_AT + " is no instant", e);
        }
    }
}

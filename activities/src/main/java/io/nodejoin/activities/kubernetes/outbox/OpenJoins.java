package io.nodejoin.activities.kubernetes.outbox;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.nodejoin.activities.WorkflowRun;
import io.nodejoin.activities.kubernetes.OwnObjects;
import io.nodejoin.activities.kubernetes.store.OwnEntries;
import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.NodeName;
import io.nodejoin.protocol.Phase;
import io.nodejoin.protocol.Problem;
import io.nodejoin.workflows.event.Announcement;
import io.nodejoin.workflows.failure.FailureType;
import io.nodejoin.workflows.failure.Failures;
import io.nodejoin.workflows.join.NodeJoinWorkflow;
import io.nodejoin.workflows.node.NodeRef;
import io.nodejoin.workflows.wire.Payloads;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The joins and leaves of one cluster whose outcome is owed, kept beside its tokens: they outlive Temporal's database.
 */
public final class OpenJoins {
    private static final Logger LOG = LoggerFactory.getLogger(OpenJoins.class);
    private static final ObjectMapper JSON = Payloads.mapper();
    private static final String NODE = "node";
    private static final String ACCEPTED_ID = "acceptedId";
    private static final String ACCEPTED_AT = "acceptedAt";
    private static final String OUTCOME = "outcome";

    private final KubernetesClient client;

    public OpenJoins(KubernetesClient client) {
        this.client = client;
    }

    /** The entry as audit lines name it. */
    public static String object(OpenJoin join) {
        return "configmaps/" + OwnObjects.NAMESPACE + "/" + join.way().prefix() + join.joinId();
    }

    /** Writes the entry, unless there is one of the same join or leave. */
    public void enter(OpenJoin owed) {
        entries(owed.way())
                .enter(
                        owed.joinId().value(),
                        owed.joinId(),
                        owed.run(),
                        data(owed.node(), owed.acceptedId(), owed.acceptedAt()));
    }

    /** Writes the entry. One of the same join is replaced: the run that begins with it owes the outcome from then on. */
    void enter(OpenJoin.Way way, NodeName node, JoinId joinId, Announcement accepted, WorkflowRun run) {
        OwnEntries entries = entries(way);
        Map<String, String> data = data(node, accepted.id(), accepted.time());
        if (!entries.enter(joinId.value(), joinId, run, data)) {
            entries.strike(joinId.value());
            entries.enter(joinId.value(), joinId, run, data);
        }
    }

    /** Removes the entry of a join or leave; absent counts as removed. */
    void strike(OpenJoin.Way way, JoinId joinId) {
        entries(way).strike(joinId.value());
    }

    /** Removes this very entry, and no later one of the same join. */
    public void strike(OpenJoin join) {
        entries(join.way()).strike(join.joinId().value(), join.uid());
    }

    /**
     * Has this very entry hold the outcome, unless it holds one already. One that a person has spoilt is as good as absent.
     *
     * @param beforeWrite called right before the entry is changed, if it is
     * @return the outcome that the entry holds
     */
    public Announcement decide(OpenJoin owed, Announcement outcome, Runnable beforeWrite) {
        OwnEntries entries = entries(owed.way());
        ConfigMap entry = entries.find(owed.joinId().value(), owed.uid())
                .orElseThrow(() -> Failures.of(
                        FailureType.CONFLICT,
                        new Problem(
                                ErrorCode.JOIN_DEADLINE_EXCEEDED,
                                object(owed) + " is gone, or another one by now: no outcome can be kept in it")));
        return held(entry).orElseGet(() -> {
            String text = JSON.valueToTree(outcome).toString();
            beforeWrite.run();
            entries.put(entry, OUTCOME, text);
            // A copy is told from the text, and so is the first one.
            return outcome(text).orElseThrow();
        });
    }

    /** Every entry of the cluster. */
    public List<OpenJoin> all(ClusterName cluster) {
        return Arrays.stream(OpenJoin.Way.values())
                .flatMap(way -> all(cluster, way).stream())
                .toList();
    }

    /** Every entry of the cluster of those that go this way. */
    public List<OpenJoin> all(ClusterName cluster, OpenJoin.Way way) {
        return entries(way).all(entry -> {
            NodeName node = new NodeName(entry.member(NODE));
            return new OpenJoin(
                    way,
                    cluster,
                    node,
                    entry.joinId(),
                    acceptedId(new NodeRef(cluster, node), entry),
                    instant(entry.member(ACCEPTED_AT)),
                    entry.run(),
                    entry.uid());
        });
    }

    /** Earlier versions wrote none, and called every outcome as if its request had begun the run. */
    private static String acceptedId(NodeRef node, OwnEntries.Entry entry) {
        return entry.data()
                .getOrDefault(
                        ACCEPTED_ID,
                        NodeJoinWorkflow.id(node.cluster(), node.node()) + "/"
                                + entry.run().runId() + "/" + Phase.Requested);
    }

    private static Map<String, String> data(NodeName node, String acceptedId, Instant acceptedAt) {
        return Map.of(
                NODE, node.value(),
                ACCEPTED_ID, acceptedId,
                ACCEPTED_AT, acceptedAt.toString());
    }

    private static Optional<Announcement> held(ConfigMap entry) {
        String text = entry.getData() == null ? null : entry.getData().get(OUTCOME);
        if (text == null) {
            return Optional.empty();
        }
        Optional<Announcement> held = outcome(text);
        if (held.isEmpty()) {
            LOG.warn(
                    "The outcome in ConfigMap {} of {} cannot be read and is made anew",
                    entry.getMetadata().getName(),
                    OwnObjects.NAMESPACE);
        }
        return held;
    }

    private static Optional<Announcement> outcome(String text) {
        try {
            return Optional.ofNullable(JSON.readValue(text, Announcement.class)).filter(OpenJoins::isWhole);
        } catch (JsonProcessingException e) {
            return Optional.empty();
        }
    }

    private static boolean isWhole(Announcement read) {
        return Stream.of(read.id(), read.cluster(), read.node(), read.time(), read.event())
                .allMatch(Objects::nonNull);
    }

    private OwnEntries entries(OpenJoin.Way way) {
        return new OwnEntries(client, way.prefix());
    }

    private static Instant instant(String text) {
        try {
            return Instant.parse(text);
        } catch (DateTimeException e) {
            throw new IllegalArgumentException("its " + ACCEPTED_AT + " is no instant", e);
        }
    }
}

package io.nodejoin.testbed.check;

import java.nio.file.Path;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BinaryOperator;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The observable state at one moment.
 *
 * @param at when reading started
 * @param sinks data that must not contain secrets, by name
 * @param secrets secrets that no sink may contain, by name; never printed
 */
record ClusterSnapshot(
        Instant at,
        KubernetesState cluster,
        List<Run> runs,
        Topics topics,
        List<Host> hosts,
        List<AuditLine> audit,
        Map<String, String> sinks,
        Map<String, String> secrets) {

    /** Identifies an object of the API server. */
    record Ref(String kind, String name, String uid, String resourceVersion) {
        @Override
        public String toString() {
            return kind + " " + name + " uid=" + uid + " resourceVersion=" + resourceVersion;
        }
    }

    /**
     * The cluster's state.
     *
     * @param pastTokens every token that was ever seen
     * @param acceptedGoneTokens deleted tokens that the API server still accepts
     * @param nameQuarantines quarantined names and the machine that each is reserved for, empty if none
     * @param kubeconfigBefore the kubeconfig in cluster-info at the start
     */
    record KubernetesState(
            List<Token> tokens,
            List<Token> pastTokens,
            List<Token> acceptedGoneTokens,
            List<Overlap> overlaps,
            List<String> signedTokens,
            List<CertificateRequest> requests,
            List<Node> nodes,
            List<LedgerEntry> ledger,
            Map<String, String> nameQuarantines,
            Ref clusterInfo,
            String kubeconfig,
            String kubeconfigBefore) {}

    /** A bootstrap token, without its secret half. {@code join} is empty for one that is not Nodejoin's. */
    record Token(
            Ref ref,
            String id,
            String join,
            Instant created,
            @Nullable String expiration,
            String groups) {}

    /** Two tokens of one join that existed at the same time. */
    record Overlap(Token first, Token second) {}

    /** A certificate signing request of a bootstrap token's user. */
    record CertificateRequest(
            Ref ref, String tokenId, Instant created, String commonName, String keyDigest, List<Condition> conditions) {
        boolean has(String type) {
            return conditions.stream().anyMatch(condition -> condition.type().equals(type));
        }

        boolean isDecided() {
            return has("Approved") || has("Denied");
        }
    }

    /** A condition of a certificate signing request; {@code at} is the API server's time of it, in whole seconds. */
    record Condition(String type, String reason, Instant at) {}

    /**
     * A Node.
     *
     * @param machineId as its kubelet reports it
     * @param labelsAndTaints its labels and taints, as {@link LabelsAndTaints} writes them
     */
    record Node(Ref ref, Instant created, String machineId, Set<String> labelsAndTaints) {}

    /** An entry of the token ledger or the outbox. */
    record LedgerEntry(Ref ref, String join, Instant created) {}

    /**
     * One run of a workflow.
     *
     * @param status as Temporal names it, without its prefix
     * @param tokenIds every id for which it has requested a token, by its history
     */
    record Run(
            String workflowId,
            String runId,
            String status,
            Instant started,
            @Nullable Instant closed,
            String join,
            Set<String> tokenIds) {
        boolean isRunning() {
            return status.equals("RUNNING");
        }

        String node() {
            return workflowId.substring(workflowId.lastIndexOf('/') + 1);
        }

        @Override
        public String toString() {
            return "workflow " + workflowId + " run " + runId + " " + status + ", started " + started + ", closed "
                    + closed + ", join " + join;
        }
    }

    /** All three topics from the beginning of the check on; {@code committed} is the intake's next offset by partition. */
    record Topics(
            List<Request> requests, List<Event> events, List<DeadLetter> deadLetters, Map<Integer, Long> committed) {}

    /** The position of a record. */
    record Place(String topic, int partition, long offset) {
        @Override
        public String toString() {
            return topic + " partition " + partition + " offset " + offset;
        }
    }

    /**
     * A record of the requests topic.
     *
     * @param join the join id from source and id; empty if it has none
     * @param labelsAndTaints the requested labels and taints, as {@link LabelsAndTaints} writes them
     * @param createdAt the event's time
     * @param content digest of key and value
     */
    record Request(
            Place place,
            String type,
            String join,
            String node,
            Set<String> labelsAndTaints,
            @Nullable Instant createdAt,
            String content) {}

    /**
     * A record of the events topic.
     *
     * @param type the last word of its CloudEvents type before the version, such as {@code succeeded}
     * @param time the event's time
     * @param content digest of key and value
     */
    record Event(
            Place place,
            String id,
            String type,
            String join,
            String node,
            String nodeUid,
            List<String> residue,
            @Nullable Instant time,
            @Nullable Instant deadline,
            String content) {
        boolean isOutcome() {
            return Set.of("succeeded", "failed", "cancelled").contains(type);
        }

        @Override
        public String toString() {
            return place + " id=" + id + " type=" + type + " join=" + join + " node=" + node;
        }
    }

    /** A record of the dead-letter topic. {@code whole} is false if the original did not fit. */
    record DeadLetter(Place place, int partition, long offset, boolean whole, String content) {}

    /**
     * A host.
     *
     * @param machineId as systemd generated it
     * @param before every path with its content, when the host was new
     * @param keyDigest the key of its kubelet's certificate, if it has one
     */
    record Host(
            String node,
            Path root,
            String machineId,
            Map<String, String> before,
            Map<String, String> now,
            boolean kubeletActive,
            boolean bootstrapFile,
            @Nullable String keyDigest) {}

    /** One line of the audit log. */
    record AuditLine(Instant time, String join, String action, String object) {}

    Optional<Run> runOfToken(String tokenId) {
        return runs.stream().filter(run -> run.tokenIds().contains(tokenId)).findFirst();
    }

    Stream<Run> runsOf(String join) {
        return runs.stream().filter(run -> run.join().equals(join));
    }

    boolean runs(String join) {
        return runsOf(join).anyMatch(Run::isRunning);
    }

    /** Returns the last outcome of each node that has one, by the order of its partition. */
    Map<String, Event> lastOutcomes() {
        return topics.events().stream()
                .filter(Event::isOutcome)
                .collect(Collectors.toMap(
                        Event::node,
                        Function.identity(),
                        BinaryOperator.maxBy(
                                Comparator.comparingLong(event -> event.place().offset()))));
    }

    /** Returns whether no request of the node is running. */
    boolean isIdle(String node) {
        return runs.stream().noneMatch(run -> run.isRunning() && run.node().equals(node));
    }

    /** Labels and taints are texts, so that those of a request and those of a Node can be compared. */
    static String label(String key, String value) {
        return "label " + key + "=" + value;
    }

    /** A taint without a value is one with an empty value. */
    static String taint(String key, @Nullable String value, String effect) {
        return "taint " + key + "=" + (value == null ? "" : value) + ":" + effect;
    }
}

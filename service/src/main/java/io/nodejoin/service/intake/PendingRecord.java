package io.nodejoin.service.intake;

import io.nodejoin.workflows.lifecycle.NodeRequest;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** A record that was read and is not processed yet. */
final class PendingRecord {
    private final ConsumerRecord<byte[], byte[]> content;
    private final PartitionBacklog partition;
    private final RequestDecision firstDecision;
    private boolean tried;

    /** @param firstDecision as of the time when the record was read */
    PendingRecord(ConsumerRecord<byte[], byte[]> content, PartitionBacklog partition, RequestDecision firstDecision) {
        this.content = content;
        this.partition = partition;
        this.firstDecision = firstDecision;
    }

    ConsumerRecord<byte[], byte[]> content() {
        return content;
    }

    PartitionBacklog partition() {
        return partition;
    }

    long offset() {
        return content.offset();
    }

    int bytes() {
        return Math.max(content.serializedKeySize(), 0) + Math.max(content.serializedValueSize(), 0);
    }

    /** Returns the first decision for the first try, and a new one for another: a deadline may have passed since. */
    RequestDecision decide(RecordProcessor processor) {
        RequestDecision decision = tried ? processor.decide(content) : firstDecision;
        tried = true;
        return decision;
    }

    /** Returns what is in order: requests for the same node or machine have the same. A record without either is alone. */
    String lane() {
        return switch (firstDecision) {
            case RequestDecision.Start start -> lane(start.request());
            case RequestDecision.Cancel cancel ->
                lane(cancel.cluster().value(), cancel.node().value());
            case RequestDecision.Tell tell -> tell.request().recordKey();
            case RequestDecision.Reject reject when reject.late() != null -> lane(reject.late());
            case RequestDecision.Reject _ -> partition.name() + "@" + offset();
        };
    }

    private static String lane(NodeRequest request) {
        return lane(request.node().cluster().value(), request.node().name().value());
    }

    private static String lane(String cluster, String node) {
        return cluster + "/" + node;
    }

    /**
     * Returns for whom the request is: a pool of a cluster, or the source of the event if it names none. Of a record that
     * is rejected nothing is believed.
     */
    String tenant() {
        return switch (firstDecision) {
            case RequestDecision.Start start -> tenant(start.sender());
            case RequestDecision.Cancel cancel -> tenant(cancel.sender());
            case RequestDecision.Tell tell -> tenant(tell.sender());
            case RequestDecision.Reject _ -> "";
        };
    }

    private static String tenant(Rejection.Sender sender) {
        return sender.cluster() + "/" + (sender.pool() == null ? sender.source() : "pool " + sender.pool());
    }
}

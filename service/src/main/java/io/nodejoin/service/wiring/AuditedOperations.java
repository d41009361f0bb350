package io.nodejoin.service.wiring;

import io.nodejoin.activities.RootCause;
import io.nodejoin.activities.audit.AuditEntry;
import io.nodejoin.activities.audit.AuditLog;
import io.nodejoin.client.config.KafkaConfig;
import io.nodejoin.client.kafka.ReplayedRecord;
import io.nodejoin.dashboard.Operations;
import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.Problem;
import io.nodejoin.visibility.event.RefusedRecord;
import io.nodejoin.visibility.join.JoinDirectory;
import io.nodejoin.visibility.join.Lookup;
import io.nodejoin.visibility.join.UpdateResult;
import io.nodejoin.visibility.pool.PoolDirectory;
import io.nodejoin.workflows.failure.Failures;
import io.nodejoin.workflows.lifecycle.AbortRequest;
import io.nodejoin.workflows.lifecycle.DeadlineExtension;
import io.nodejoin.workflows.lifecycle.ExtendedDeadline;
import io.nodejoin.workflows.lifecycle.NodeJoinWorkflow;
import io.nodejoin.workflows.node.NodeRef;
import io.nodejoin.workflows.pool.PoolRef;
import io.nodejoin.workflows.pool.PoolStatus;
import io.nodejoin.workflows.pool.PoolWorkflow;
import io.temporal.failure.ApplicationFailure;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;

/** What operators do on the dashboard, with the line in the audit log before it. */
final class AuditedOperations implements Operations {
    private static final Duration READ_TIMEOUT = Duration.ofSeconds(5);

    private final JoinDirectory joins;
    private final PoolDirectory pools;
    private final KafkaConfig kafka;
    private final Supplier<Consumer<byte[], byte[]>> readers;
    private final Producer<byte[], byte[]> requests;
    private final AuditLog audit;

    /** @param requests publishes on any topic */
    AuditedOperations(
            JoinDirectory joins,
            PoolDirectory pools,
            KafkaConfig kafka,
            Supplier<Consumer<byte[], byte[]>> readers,
            Producer<byte[], byte[]> requests,
            AuditLog audit) {
        this.joins = joins;
        this.pools = pools;
        this.kafka = kafka;
        this.readers = readers;
        this.requests = requests;
        this.audit = audit;
    }

    @Override
    public UpdateResult<JoinId> abort(NodeRef node, AbortRequest request) {
        return unrecorded(node, "join.abort", Map.of("operator", request.requestedBy(), "reason", request.reason()))
                .<UpdateResult<JoinId>>map(UpdateResult.Refused::new)
                .orElseGet(() -> joins.abort(node, request));
    }

    @Override
    public UpdateResult<ExtendedDeadline> extendDeadline(NodeRef node, DeadlineExtension extension) {
        return unrecorded(
                        node,
                        "join.extend",
                        Map.of(
                                "operator",
                                extension.requestedBy(),
                                "deadline",
                                extension.deadline().toString()))
                .<UpdateResult<ExtendedDeadline>>map(UpdateResult.Refused::new)
                .orElseGet(() -> joins.extendDeadline(node, extension));
    }

    @Override
    public UpdateResult<PoolStatus> setDraining(PoolRef pool, boolean draining, String operator) {
        String workflow = PoolWorkflow.workflowId(pool);
        String action = draining ? "pool.drain" : "pool.undrain";
        return record(new AuditEntry(pool.cluster(), workflow, action, workflow, Map.of("operator", operator)))
                .<UpdateResult<PoolStatus>>map(UpdateResult.Refused::new)
                .orElseGet(() -> result(pools.setDraining(pool, draining)));
    }

    private static UpdateResult<PoolStatus> result(Lookup<PoolStatus> set) {
        return switch (set) {
            case Lookup.Found<PoolStatus>(PoolStatus status) -> new UpdateResult.Accepted<>(status);
            case Lookup.NotFound<PoolStatus>(String detail) -> new UpdateResult.NothingRuns<>(detail);
            case Lookup.Unreachable<PoolStatus>(Lookup.Source source, String detail) ->
                new UpdateResult.Unanswered<>(source, detail);
        };
    }

    @Override
    public ReplayResult replay(int partition, long offset, String operator) {
        try {
            Optional<RefusedRecord> refused = read(new TopicPartition(kafka.deadLetterTopic(), partition), offset);
            if (refused.isEmpty()) {
                return new ReplayResult.Impossible("Kafka no longer has this record.");
            }
            return replay(refused.get(), operator);
        } catch (KafkaException | ExecutionException e) {
            return new ReplayResult.Unavailable("Kafka does not answer: " + RootCause.message(e) + ".");
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return new ReplayResult.Unavailable("The service is stopping.");
        }
    }

    private ReplayResult replay(RefusedRecord refused, String operator)
            throws ExecutionException, InterruptedException {
        if (refused.isOmitted()) {
            return new ReplayResult.Impossible("The record was too large for the dead-letter topic. It was at "
                    + refused.letter().original() + ".");
        }
        String object = kafka.deadLetterTopic() + "/" + refused.letter().position();
        Optional<Problem> unrecorded =
                record(new AuditEntry(null, object, "dead-letter.replay", object, Map.of("operator", operator)));
        if (unrecorded.isPresent()) {
            return new ReplayResult.Unavailable(unrecorded.get().toLine());
        }
        RecordMetadata published =
                requests.send(ReplayedRecord.of(refused, kafka.requestsTopic())).get();
        return new ReplayResult.Published(published.topic() + "-" + published.partition() + "@" + published.offset());
    }

    private Optional<RefusedRecord> read(TopicPartition topic, long offset) {
        try (Consumer<byte[], byte[]> reader = readers.get()) {
            reader.assign(List.of(topic));
            reader.seek(topic, offset);
            for (ConsumerRecord<byte[], byte[]> found : reader.poll(READ_TIMEOUT)) {
                if (found.offset() == offset) {
                    return Optional.of(RefusedRecord.of(found));
                }
            }
            return Optional.empty();
        }
    }

    private Optional<Problem> unrecorded(NodeRef node, String action, Map<String, String> results) {
        String workflow = NodeJoinWorkflow.workflowId(node.cluster(), node.name());
        return record(new AuditEntry(node.cluster(), workflow, action, workflow, results));
    }

    /** Writes the entry. Returns why it could not be written; empty if it was. */
    private Optional<Problem> record(AuditEntry entry) {
        try {
            audit.record(entry);
            return Optional.empty();
        } catch (ApplicationFailure e) {
            return Optional.of(Failures.problemOf(e));
        }
    }
}

package io.nodejoin.service.intake;

import io.micrometer.core.instrument.MeterRegistry;
import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.NodeName;
import io.nodejoin.workflows.join.NodeRequest;
import io.nodejoin.workflows.node.NodeRef;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.function.BiConsumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Carries out the verdict on one record; once it returns, the record's offset may be committed. */
public final class RecordDesk {
    private static final Logger LOG = LoggerFactory.getLogger(RecordDesk.class);

    private final RequestReader reader;
    private final Joins joins;
    private final DeadLetters deadLetters;
    private final BiConsumer<ClusterName, NodeName> joinStarted;
    private final MeterRegistry meters;

    public RecordDesk(
            RequestReader reader,
            Joins joins,
            DeadLetters deadLetters,
            BiConsumer<ClusterName, NodeName> joinStarted,
            MeterRegistry meters) {
        this.reader = reader;
        this.joins = joins;
        this.deadLetters = deadLetters;
        this.joinStarted = joinStarted;
        this.meters = meters;
    }

    /** Ends when the record is dealt with. An exception means that Temporal or Kafka is away: the same call again is safe. */
    void settle(ConsumerRecord<byte[], byte[]> kafkaRecord)
            throws InterruptedException, ExecutionException, TimeoutException {
        switch (reader.read(kafkaRecord)) {
            case Verdict.Start start -> start(kafkaRecord, start);
            case Verdict.Cancel cancel -> {
                joins.cancel(cancel);
                count("cancelled");
            }
            case Verdict.Reject(Rejection rejection, @Nullable NodeRequest late) -> {
                if (late != null && joins.know(late)) {
                    count("duplicate");
                } else {
                    reject(kafkaRecord, rejection);
                }
            }
        }
    }

    private void start(ConsumerRecord<byte[], byte[]> kafkaRecord, Verdict.Start start)
            throws InterruptedException, ExecutionException, TimeoutException {
        NodeRef wanted = start.request().node();
        switch (joins.start(start)) {
            case Joins.Answer.Started _ -> {
                joinStarted.accept(wanted.cluster(), wanted.node());
                LOG.info("request {} for {} in {} started", start.request().joinId(), wanted.node(), wanted.cluster());
                count("started");
            }
            case Joins.Answer.Waiting _ -> {
                LOG.info(
                        "request {} for {} in {} follows the one that holds the node",
                        start.request().joinId(),
                        wanted.node(),
                        wanted.cluster());
                count("waiting");
            }
            case Joins.Answer.Duplicate _ -> count("duplicate");
            case Joins.Answer.Superseded superseded ->
                reject(kafkaRecord, new Rejection(superseded.problem(), null, start.sender()));
        }
    }

    private void reject(ConsumerRecord<byte[], byte[]> kafkaRecord, Rejection rejection)
            throws InterruptedException, ExecutionException, TimeoutException {
        deadLetters.reject(kafkaRecord, rejection);
        LOG.warn(
                "record {}-{}@{} rejected: {}",
                kafkaRecord.topic(),
                kafkaRecord.partition(),
                kafkaRecord.offset(),
                rejection.problem().text());
        count("rejected");
    }

    private void count(String result) {
        meters.counter("nodejoin_intake_records", "result", result).increment();
    }
}

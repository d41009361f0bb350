package io.nodejoin.service.intake;

import io.micrometer.core.instrument.MeterRegistry;
import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.NodeName;
import io.nodejoin.protocol.Problem;
import io.nodejoin.protocol.event.MachineOffered;
import io.nodejoin.service.tracing.RequestSpans;
import io.nodejoin.workflows.lifecycle.NodeRequest;
import io.nodejoin.workflows.node.NodeRef;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.context.Scope;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.function.BiConsumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Decides on one record and executes that; afterwards its offset may be committed. */
public final class RecordProcessor {
    private static final Logger LOG = LoggerFactory.getLogger(RecordProcessor.class);

    private final RequestReader reader;
    private final JoinStarter joinStarter;
    private final MachineOffers offers;
    private final DeadLetters deadLetters;
    private final BiConsumer<ClusterName, NodeName> joinStarted;
    private final MeterRegistry meters;
    private final RequestSpans spans;

    public RecordProcessor(
            RequestReader reader,
            JoinStarter joinStarter,
            MachineOffers offers,
            DeadLetters deadLetters,
            BiConsumer<ClusterName, NodeName> joinStarted,
            MeterRegistry meters,
            RequestSpans spans) {
        this.reader = reader;
        this.joinStarter = joinStarter;
        this.offers = offers;
        this.deadLetters = deadLetters;
        this.joinStarted = joinStarted;
        this.meters = meters;
        this.spans = spans;
    }

    /** Returns the decision on a record. Never throws. */
    RequestDecision decide(ConsumerRecord<byte[], byte[]> kafkaRecord) {
        return reader.parseRequest(kafkaRecord);
    }

    /** Executes the decision. An exception means that Temporal or Kafka is unavailable. Idempotent and thread-safe. */
    void process(ConsumerRecord<byte[], byte[]> kafkaRecord, RequestDecision decision)
            throws InterruptedException, ExecutionException, TimeoutException {
        Span span = spans.start(kafkaRecord, started(decision));
        try (Scope _ = span.makeCurrent()) {
            execute(kafkaRecord, decision);
        } catch (RuntimeException | InterruptedException | ExecutionException | TimeoutException e) {
            span.setStatus(StatusCode.ERROR, e.getClass().getSimpleName());
            throw e;
        } finally {
            span.end();
        }
    }

    private static Optional<NodeRequest> started(RequestDecision decision) {
        return decision instanceof RequestDecision.Start(NodeRequest request, var _)
                ? Optional.of(request)
                : Optional.empty();
    }

    private void execute(ConsumerRecord<byte[], byte[]> kafkaRecord, RequestDecision decision)
            throws InterruptedException, ExecutionException, TimeoutException {
        switch (decision) {
            case RequestDecision.Start start -> start(kafkaRecord, start);
            case RequestDecision.Cancel cancel -> cancel(kafkaRecord, cancel);
            case RequestDecision.Tell tell -> tell(kafkaRecord, tell);
            case RequestDecision.Reject(Rejection rejection, @Nullable NodeRequest late) -> {
                if (late != null && joinStarter.isKnown(late)) {
                    count("duplicate", "");
                } else {
                    reject(kafkaRecord, rejection);
                }
            }
        }
    }

    private void start(ConsumerRecord<byte[], byte[]> kafkaRecord, RequestDecision.Start start)
            throws InterruptedException, ExecutionException, TimeoutException {
        NodeRef wanted = start.request().node();
        switch (joinStarter.start(start)) {
            case JoinStarter.StartResult.Started _ -> {
                joinStarted.accept(wanted.cluster(), wanted.name());
                LOG.info("request {} for {} in {} started", start.request().joinId(), wanted.name(), wanted.cluster());
                count("started", "");
            }
            case JoinStarter.StartResult.Queued _ -> {
                LOG.info(
                        "request {} for {} in {} is queued behind the running one",
                        start.request().joinId(),
                        wanted.name(),
                        wanted.cluster());
                count("queued", "");
            }
            case JoinStarter.StartResult.Duplicate _ -> count("duplicate", "");
            case JoinStarter.StartResult.Refused refused ->
                reject(kafkaRecord, new Rejection(refused.problem(), null, start.sender()));
        }
    }

    private void cancel(ConsumerRecord<byte[], byte[]> kafkaRecord, RequestDecision.Cancel cancel)
            throws InterruptedException, ExecutionException, TimeoutException {
        Optional<Problem> nothingToAbort = joinStarter.cancel(cancel);
        if (nothingToAbort.isPresent()) {
            Problem why = nothingToAbort.get();
            deadLetters.answer(kafkaRecord, new Rejection(why, null, cancel.sender()));
            LOG.info("cancel for {} in {} has no effect: {}", cancel.node(), cancel.cluster(), why.detail());
        }
        count(nothingToAbort.isPresent() ? "without-effect" : "cancelled", "");
    }

    private void tell(ConsumerRecord<byte[], byte[]> kafkaRecord, RequestDecision.Tell tell)
            throws InterruptedException, ExecutionException, TimeoutException {
        Optional<Problem> refusal = offers.tell(tell.request());
        if (refusal.isPresent()) {
            reject(kafkaRecord, new Rejection(refusal.get(), null, tell.sender()));
        } else {
            count(tell.request() instanceof MachineOffered ? "offered" : "withdrawn", "");
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
                rejection.problem().toLine());
        count("rejected", rejection.problem().code().name());
    }

    private void count(String result, String reason) {
        Span.current().setAttribute("nodejoin.request.result", result);
        meters.counter("nodejoin_requests", "result", result, "reason", reason).increment();
    }
}

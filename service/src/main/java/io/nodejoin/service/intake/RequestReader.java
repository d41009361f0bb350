package io.nodejoin.service.intake;

import io.cloudevents.CloudEvent;
import io.cloudevents.CloudEventData;
import io.cloudevents.kafka.KafkaMessageFactory;
import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.Problem;
import io.nodejoin.protocol.join.JoinCancelRequested;
import io.nodejoin.protocol.join.JoinEvent;
import io.nodejoin.protocol.join.JoinEventType;
import io.nodejoin.protocol.join.JoinRequested;
import io.nodejoin.protocol.join.LeaveRequested;
import io.nodejoin.service.intake.Rejection.Sender;
import io.nodejoin.workflows.join.AbortRequest;
import io.nodejoin.workflows.join.JoinRequest;
import io.nodejoin.workflows.join.JoinTerms;
import io.nodejoin.workflows.join.LeaveRequest;
import io.nodejoin.workflows.join.NodeRequest;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/** Judges one record, by what is in it alone. Everything that can be wrong with it ends as a {@link Verdict.Reject}. */
public final class RequestReader {
    private static final Logger LOG = LoggerFactory.getLogger(RequestReader.class);

    private static final String UNKNOWN_TYPE = Arrays.stream(JoinEventType.values())
            .filter(RequestSchemas::isRequest)
            .map(JoinEventType::type)
            .collect(Collectors.joining(" nor ", "the CloudEvents type is neither ", ""));

    private final Map<ClusterName, JoinTerms> clusters;
    private final RequestKeys keys;
    private final Duration defaultDeadline;
    private final Clock clock;
    private final RequestSchemas schemas = new RequestSchemas();

    public RequestReader(
            Map<ClusterName, JoinTerms> clusters, RequestKeys keys, Duration defaultDeadline, Clock clock) {
        this.clusters = Map.copyOf(clusters);
        this.keys = keys;
        this.defaultDeadline = defaultDeadline;
        this.clock = clock;
    }

    /** The verdict on this record. */
    public Verdict read(ConsumerRecord<byte[], byte[]> kafkaRecord) {
        try {
            return judge(kafkaRecord);
        } catch (RuntimeException e) { // a record that finds a defect in here must not block its partition for ever
            LOG.error("a record could not be judged", e);
            Problem defect = new Problem(
                    ErrorCode.INTERNAL,
                    "the record could not be judged: " + e.getClass().getSimpleName());
            return new Verdict.Reject(new Rejection(defect, null, Sender.UNKNOWN));
        }
    }

    private Verdict judge(ConsumerRecord<byte[], byte[]> kafkaRecord) {
        byte[] value = kafkaRecord.value();
        if (value == null) {
            return malformed("the record has no value", Sender.UNKNOWN);
        }
        try {
            LimitedJson.parse(value);
        } catch (MalformedJsonException e) {
            return malformed(String.valueOf(e.getMessage()), Sender.UNKNOWN);
        }
        CloudEvent event;
        try {
            event = KafkaMessageFactory.createReader(kafkaRecord).toEvent();
        } catch (RuntimeException e) { // the readers of CloudEvents throw unchecked exceptions of many kinds
            return malformed(CloudEventFault.detail(e), Sender.UNKNOWN);
        }
        return read(event, kafkaRecord.timestamp());
    }

    private Verdict read(CloudEvent event, long recordTimestamp) {
        if (event.getId().isEmpty() || event.getSource().toString().isEmpty()) {
            return malformed("the record is no CloudEvent: its id and source must not be empty", Sender.UNKNOWN);
        }
        Sender sender = new Sender(null, null, ForeignText.excerpt(event.getId()));
        Optional<JoinEventType> type = JoinEventType.ofType(event.getType()).filter(RequestSchemas::isRequest);
        if (type.isEmpty()) {
            return malformed(UNKNOWN_TYPE, sender);
        }
        CloudEventData data = event.getData();
        if (data == null) {
            return malformed("the CloudEvent has no data", sender);
        }
        Instant time = event.getTime() == null
                ? Instant.ofEpochMilli(recordTimestamp)
                : event.getTime().toInstant();
        try {
            return read(new Request(event, type.get(), time, LimitedJson.parse(data.toBytes())));
        } catch (MalformedJsonException e) {
            return malformed(String.valueOf(e.getMessage()), sender);
        }
    }

    private Verdict read(Request request) {
        Sender sender = request.sender();
        Optional<Violation> violation = schemas.firstViolation(request.type(), request.data());
        if (violation.isPresent()) {
            return rejected(violation.get(), sender);
        }
        ClusterName cluster = new ClusterName(Objects.requireNonNull(sender.cluster()));
        JoinTerms terms = clusters.get(cluster);
        if (terms == null) {
            String unknown = "no cluster '" + cluster + "' is configured here";
            return rejected(Violation.of(ErrorCode.UNKNOWN_CLUSTER, unknown, "/cluster"), sender);
        }
        Optional<String> unsigned = keys.fault(cluster, request.event(), clock.instant());
        if (unsigned.isPresent()) {
            return rejected(Violation.of(ErrorCode.EVENT_UNAUTHENTICATED, unsigned.get(), ""), sender);
        }
        try {
            JoinEvent.Request wanted = (JoinEvent.Request)
                    LimitedJson.bind(request.data(), request.type().data());
            return switch (wanted) {
                case JoinRequested join -> join(request, join, terms);
                case JoinCancelRequested cancel -> cancel(request, cancel);
                case LeaveRequested leave ->
                    start(
                            request,
                            leave.deadline(),
                            (generation, deadline) -> new LeaveRequest(request.joinId(), generation, leave, deadline));
            };
        } catch (JacksonException e) {
            String member = member(e);
            String detail = (member.isEmpty() ? "the data" : member) + " cannot be read";
            return rejected(Violation.of(ErrorCode.EVENT_MALFORMED, detail, member), sender);
        }
    }

    private Verdict join(Request request, JoinRequested wanted, JoinTerms terms) {
        Optional<Violation> violation = RequestRules.firstViolation(wanted);
        return violation.isPresent()
                ? rejected(violation.get(), request.sender())
                : start(
                        request,
                        wanted.deadline(),
                        (generation, deadline) ->
                                new JoinRequest(request.joinId(), generation, wanted, deadline, terms));
    }

    private Verdict start(
            Request request, @Nullable Instant wanted, BiFunction<Instant, Instant, NodeRequest> admitted) {
        Instant now = clock.instant();
        Instant generation = request.generation(now);
        Instant deadline = wanted == null ? generation.plus(defaultDeadline) : wanted;
        NodeRequest asked = admitted.apply(generation, deadline);
        if (deadline.isAfter(now)) {
            return new Verdict.Start(asked, request.sender());
        }
        Problem expired = new Problem(
                ErrorCode.EVENT_EXPIRED,
                "the deadline " + deadline + " had passed when the request was read at " + now);
        return new Verdict.Reject(new Rejection(expired, wanted == null ? null : "/deadline", request.sender()), asked);
    }

    private Verdict cancel(Request request, JoinCancelRequested wanted) {
        String reason = Objects.requireNonNullElse(wanted.reason(), "cancelled by the fleet autoscaler");
        return new Verdict.Cancel(
                wanted.cluster(),
                wanted.nodeName(),
                new AbortRequest(
                        ForeignText.plain(reason),
                        ForeignText.excerpt(request.event().getSource().toString()),
                        request.generation(clock.instant())));
    }

    private static Verdict malformed(String detail, Sender sender) {
        return new Verdict.Reject(new Rejection(new Problem(ErrorCode.EVENT_MALFORMED, detail), null, sender));
    }

    private static Verdict rejected(Violation violation, Sender sender) {
        return new Verdict.Reject(new Rejection(violation.problem(), violation.field(), sender));
    }

    /** The pointer to the member that is not what its type wants, though the schema allows it. */
    private static String member(JacksonException e) {
        StringBuilder pointer = new StringBuilder();
        for (JacksonException.Reference step : e.getPath()) {
            pointer.append('/').append(step.getPropertyName() == null ? step.getIndex() : step.getPropertyName());
        }
        return pointer.toString();
    }

    private record Request(CloudEvent event, JoinEventType type, Instant time, JsonNode data) {
        JoinId joinId() {
            return JoinId.of(event.getSource().toString(), event.getId());
        }

        /** A time that is yet to come would outrank every request until then. */
        Instant generation(Instant now) {
            return time.isAfter(now) ? now : time;
        }

        Sender sender() {
            return new Sender(text("cluster"), text("nodeName"), ForeignText.excerpt(event.getId()));
        }

        private @Nullable String text(String member) {
            JsonNode node = data.path(member);
            return node.isString() ? ForeignText.excerpt(node.stringValue()) : null;
        }
    }
}

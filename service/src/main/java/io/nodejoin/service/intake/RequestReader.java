package io.nodejoin.service.intake;

import io.cloudevents.CloudEvent;
import io.cloudevents.CloudEventData;
import io.cloudevents.kafka.KafkaMessageFactory;
import io.nodejoin.client.kafka.KeyScope;
import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.Problem;
import io.nodejoin.protocol.event.JoinCancelRequested;
import io.nodejoin.protocol.event.JoinRequested;
import io.nodejoin.protocol.event.LeaveRequested;
import io.nodejoin.protocol.event.LifecycleEvent;
import io.nodejoin.protocol.event.LifecycleEventType;
import io.nodejoin.protocol.event.MachineOffered;
import io.nodejoin.protocol.event.MachineWithdrawn;
import io.nodejoin.service.intake.Rejection.Sender;
import io.nodejoin.workflows.lifecycle.AbortRequest;
import io.nodejoin.workflows.lifecycle.JoinPolicy;
import io.nodejoin.workflows.lifecycle.JoinRequest;
import io.nodejoin.workflows.lifecycle.LeaveRequest;
import io.nodejoin.workflows.lifecycle.NodeRequest;
import java.nio.charset.StandardCharsets;
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
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * Parses and validates one record by its content alone. Anything wrong with it becomes {@link RequestDecision.Reject}.
 */
public final class RequestReader {
    private static final Logger LOG = LoggerFactory.getLogger(RequestReader.class);

    private static final String UNKNOWN_TYPE = Arrays.stream(LifecycleEventType.values())
            .filter(RequestSchemas::isRequest)
            .map(LifecycleEventType::cloudEventType)
            .collect(Collectors.joining(" nor ", "the CloudEvents type is neither ", ""));

    private final Map<ClusterName, JoinPolicy> clusters;
    private final RequestKeys keys;
    private final Duration defaultDeadline;
    private final Clock clock;
    private final RequestSchemas schemas = new RequestSchemas();

    public RequestReader(
            Map<ClusterName, JoinPolicy> clusters, RequestKeys keys, Duration defaultDeadline, Clock clock) {
        this.clusters = Map.copyOf(clusters);
        this.keys = keys;
        this.defaultDeadline = defaultDeadline;
        this.clock = clock;
    }

    /** Returns the decision on this record. Never throws. */
    public RequestDecision parseRequest(ConsumerRecord<byte[], byte[]> kafkaRecord) {
        try {
            return parseRecord(kafkaRecord);
        } catch (RuntimeException e) { // a record that triggers a defect here must not block its partition for ever
            LOG.error("a record could not be judged", e);
            Problem defect =
                    new Problem(ErrorCode.INTERNAL, "the record could not be judged; the service's log says why");
            return new RequestDecision.Reject(new Rejection(defect, null, sender(kafkaRecord)));
        }
    }

    private RequestDecision parseRecord(ConsumerRecord<byte[], byte[]> kafkaRecord) {
        byte[] value = kafkaRecord.value();
        if (value == null) {
            return malformed("the record has no value", sender(kafkaRecord));
        }
        try {
            LimitedJson.parse(value);
        } catch (LimitedJson.MalformedJsonException e) {
            return malformed(String.valueOf(e.getMessage()), sender(kafkaRecord));
        }
        CloudEvent event;
        try {
            event = KafkaMessageFactory.createReader(kafkaRecord).toEvent();
        } catch (RuntimeException e) { // the readers of CloudEvents throw unchecked exceptions of many kinds
            return malformed(CloudEventFault.detail(e), sender(kafkaRecord));
        }
        return parseRequest(event, kafkaRecord.timestamp());
    }

    private RequestDecision parseRequest(CloudEvent event, long recordTimestamp) {
        if (event.getId().isEmpty() || event.getSource().toString().isEmpty()) {
            return malformed("the record is no CloudEvent: its id and source must not be empty", Sender.UNKNOWN);
        }
        Sender sender = new Sender(null, null, UntrustedText.excerpt(event.getId()), null, source(event));
        Optional<LifecycleEventType> type =
                LifecycleEventType.fromCloudEventType(event.getType()).filter(RequestSchemas::isRequest);
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
            return parseRequest(new Request(event, type.get(), time, LimitedJson.parse(data.toBytes())));
        } catch (LimitedJson.MalformedJsonException e) {
            return malformed(String.valueOf(e.getMessage()), sender);
        }
    }

    private RequestDecision parseRequest(Request request) {
        Sender sender = request.sender();
        Optional<Violation> violation = schemas.firstViolation(request.type(), request.data());
        if (violation.isPresent()) {
            return rejected(violation.get(), sender);
        }
        ClusterName cluster = new ClusterName(Objects.requireNonNull(sender.cluster()));
        JoinPolicy policy = clusters.get(cluster);
        if (policy == null) {
            String unknown = "no cluster '" + cluster + "' is configured here";
            return rejected(Violation.of(ErrorCode.UNKNOWN_CLUSTER, unknown, "/cluster"), sender);
        }
        return switch (keys.authenticate(cluster, request.event(), clock.instant())) {
            case RequestKeys.Authentication.Refused(String why) ->
                rejected(Violation.of(ErrorCode.EVENT_UNAUTHENTICATED, why, ""), sender);
            case RequestKeys.Authentication.Authenticated authenticated -> bindRequest(request, policy, authenticated);
        };
    }

    private RequestDecision bindRequest(
            Request request, JoinPolicy policy, RequestKeys.Authentication.Authenticated authenticated) {
        Sender sender = request.sender();
        KeyScope scope = authenticated.scope();
        try {
            LifecycleEvent.Request wanted = (LifecycleEvent.Request)
                    LimitedJson.bind(request.data(), request.type().dataClass());
            if (!scope.allows(request.type(), wanted.pool())) {
                String outside = "the key '%s' signs no request of the type %s for %s"
                        .formatted(
                                UntrustedText.excerpt(authenticated.keyId()),
                                request.type().cloudEventType(),
                                wanted.pool() == null ? "no pool" : "the pool " + wanted.pool());
                return rejected(Violation.of(ErrorCode.EVENT_FORBIDDEN, outside, ""), sender);
            }
            return switch (wanted) {
                case JoinRequested join -> join(request, join, policy, scope);
                case MachineOffered offer ->
                    RequestRules.disallowedLabel(offer.labels())
                            .map(violation -> rejected(violation, sender))
                            .orElseGet(() -> new RequestDecision.Tell(offer, sender));
                case MachineWithdrawn withdrawn -> new RequestDecision.Tell(withdrawn, sender);
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

    private RequestDecision join(Request request, JoinRequested wanted, JoinPolicy policy, KeyScope scope) {
        Optional<Violation> violation = RequestRules.firstViolation(wanted);
        return violation.isPresent()
                ? rejected(violation.get(), request.sender())
                : start(
                        request,
                        wanted.deadline(),
                        (generation, deadline) -> new JoinRequest(
                                request.joinId(),
                                generation,
                                wanted,
                                deadline,
                                policy,
                                scope.confinesToPool() ? Boolean.TRUE : null));
    }

    private RequestDecision start(
            Request request, @Nullable Instant wanted, BiFunction<Instant, Instant, NodeRequest> admitted) {
        Instant now = clock.instant();
        Instant generation = request.generation(now);
        Instant deadline = wanted == null ? generation.plus(defaultDeadline) : wanted;
        NodeRequest asked = admitted.apply(generation, deadline);
        if (deadline.isAfter(now)) {
            return new RequestDecision.Start(asked, request.sender());
        }
        Problem expired = new Problem(
                ErrorCode.EVENT_EXPIRED,
                "the deadline " + deadline + " had passed when the request was read at " + now);
        return new RequestDecision.Reject(
                new Rejection(expired, wanted == null ? null : "/deadline", request.sender()), asked);
    }

    private RequestDecision cancel(Request request, JoinCancelRequested wanted) {
        String reason = Objects.requireNonNullElse(wanted.reason(), "cancelled by the fleet autoscaler");
        return new RequestDecision.Cancel(
                wanted.cluster(),
                wanted.nodeName(),
                new AbortRequest(
                        UntrustedText.sanitize(reason),
                        source(request.event()),
                        request.generation(clock.instant()),
                        wanted.pool()),
                request.sender());
    }

    private static String source(CloudEvent event) {
        return UntrustedText.excerpt(event.getSource().toString());
    }

    /** The id of a record in binary mode is in its headers, whatever its value is. */
    private static Sender sender(ConsumerRecord<byte[], byte[]> kafkaRecord) {
        Header id = kafkaRecord.headers().lastHeader("ce_id");
        return id == null || id.value() == null || id.value().length == 0
                ? Sender.UNKNOWN
                : new Sender(
                        null, null, UntrustedText.excerpt(new String(id.value(), StandardCharsets.UTF_8)), null, null);
    }

    private static RequestDecision malformed(String detail, Sender sender) {
        return new RequestDecision.Reject(new Rejection(new Problem(ErrorCode.EVENT_MALFORMED, detail), null, sender));
    }

    private static RequestDecision rejected(Violation violation, Sender sender) {
        return new RequestDecision.Reject(new Rejection(violation.problem(), violation.field(), sender));
    }

    /** Returns the pointer to the member that the type rejects although the schema allows it. */
    private static String member(JacksonException e) {
        StringBuilder pointer = new StringBuilder();
        for (JacksonException.Reference step : e.getPath()) {
            pointer.append('/').append(step.getPropertyName() == null ? step.getIndex() : step.getPropertyName());
        }
        return pointer.toString();
    }

    private record Request(CloudEvent event, LifecycleEventType type, Instant time, JsonNode data) {
        JoinId joinId() {
            return JoinId.of(event.getSource().toString(), event.getId());
        }

        /** Limits the time to now: a future time would be newer than every request until then. */
        Instant generation(Instant now) {
            return time.isAfter(now) ? now : time;
        }

        Sender sender() {
            return new Sender(
                    text("cluster"),
                    text("nodeName"),
                    UntrustedText.excerpt(event.getId()),
                    text("pool"),
                    source(event));
        }

        private @Nullable String text(String member) {
            JsonNode node = data.path(member);
            return node.isString() ? UntrustedText.excerpt(node.stringValue()) : null;
        }
    }
}

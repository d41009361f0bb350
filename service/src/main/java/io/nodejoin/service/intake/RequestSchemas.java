package io.nodejoin.service.intake;

import com.networknt.schema.Error;
import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.NodeName;
import io.nodejoin.protocol.event.LifecycleEventType;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/** Validates requests by the published JSON Schemas. */
final class RequestSchemas {
    private static final String NODE_NAME = "/nodeName";

    /** A text that is too short violates a pattern as well, whose message has a position. */
    private static final Comparator<Error> FIRST = Comparator.comparing(RequestSchemas::pointer)
            .thenComparing(error -> error.getKeyword().equals("minLength"))
            .thenComparing(Error::getKeyword)
            .thenComparingInt(error -> error.getEvaluationPath().getNameCount());

    private static final Map<LifecycleEventType, String> FILES = Map.of(
            LifecycleEventType.JOIN_REQUESTED, "join-requested.v1.json",
            LifecycleEventType.JOIN_CANCEL_REQUESTED, "join-cancel-requested.v1.json",
            LifecycleEventType.LEAVE_REQUESTED, "leave-requested.v1.json",
            LifecycleEventType.MACHINE_OFFERED, "machine-offered.v1.json",
            LifecycleEventType.MACHINE_WITHDRAWN, "machine-withdrawn.v1.json");

    private final Map<LifecycleEventType, Schema> schemas = new EnumMap<>(LifecycleEventType.class);

    RequestSchemas() {
        FILES.forEach((type, file) -> schemas.put(type, load(file)));
    }

    static boolean isRequest(LifecycleEventType type) {
        return FILES.containsKey(type);
    }

    /** Returns the first violation in the order of pointers, so that a repeated validation names the same one. */
    Optional<Violation> firstViolation(LifecycleEventType type, JsonNode data) {
        Schema schema = Objects.requireNonNull(schemas.get(type), "the type is a request's");
        return schema
                .validate(data, context -> context.executionConfig(config -> config.formatAssertionsEnabled(true)))
                .stream()
                .min(FIRST)
                .map(error -> violation(error, data, schema.getSchemaNode()));
    }

    private static Violation violation(Error error, JsonNode data, JsonNode schema) {
        String pointer = pointer(error);
        JsonNode nodeName = data.path("nodeName");
        Optional<String> brokenName = pointer.equals(NODE_NAME) && nodeName.isString()
                ? NodeName.violation(nodeName.stringValue())
                : Optional.empty();
        return brokenName
                .map(rule -> Violation.of(ErrorCode.INVALID_NODE_NAME, "the node name " + rule, pointer))
                .orElseGet(() -> Violation.of(
                        ErrorCode.EVENT_MALFORMED, new SchemaViolationText(error, schema).detail(), pointer));
    }

    /** Returns the invalid member; for a missing or an unknown member that member rather than its parent. */
    private static String pointer(Error error) {
        String parent = error.getInstanceLocation().toString();
        return error.getProperty() == null ? parent : Violation.pointer(parent, error.getProperty());
    }

    private static Schema load(String name) {
        try (InputStream json = Objects.requireNonNull(
                NodeName.class.getResourceAsStream("schema/" + name), "the protocol's jar contains its schemas")) {
            Schema schema = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                    .getSchema(json, InputFormat.JSON);
            schema.initializeValidators();
            return schema;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

package io.nodejoin.service.intake;

import com.networknt.schema.Error;
import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.NodeName;
import io.nodejoin.protocol.Problem;
import io.nodejoin.protocol.join.JoinEventType;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Comparator;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** The published JSON Schemas of the requests. */
final class RequestSchemas {
    private static final String NODE_NAME = "/nodeName";

    private final Schema joinRequested = load("join-requested.v1.json");
    private final Schema cancelRequested = load("join-cancel-requested.v1.json");

    /**
     * A broken rule.
     *
     * @param field JSON Pointer of the member, or null for the document
     */
    record Violation(Problem problem, @Nullable String field) {}

    static boolean isRequest(JoinEventType type) {
        return type == JoinEventType.JOIN_REQUESTED || type == JoinEventType.JOIN_CANCEL_REQUESTED;
    }

    /** The violation that lies first in the document's order of members, so that a repeat names the same one. */
    Optional<Violation> firstViolation(JoinEventType type, JsonNode data) {
        Schema schema = type == JoinEventType.JOIN_REQUESTED ? joinRequested : cancelRequested;
        return schema
                .validate(data, context -> context.executionConfig(config -> config.formatAssertionsEnabled(true)))
                .stream()
                .min(Comparator.comparing(error -> pointer(error) + ' ' + error.getKeyword()))
                .map(error -> violation(error, data));
    }

    private static Violation violation(Error error, JsonNode data) {
        String pointer = pointer(error);
        String field = pointer.isEmpty() ? null : pointer;
        JsonNode nodeName = data.path("nodeName");
        if (pointer.equals(NODE_NAME) && nodeName.isString()) {
            String rule = NodeName.brokenRule(nodeName.stringValue()).orElseGet(error::getMessage);
            return new Violation(new Problem(ErrorCode.INVALID_NODE_NAME, "the node name " + rule), field);
        }
        return new Violation(
                new Problem(
                        ErrorCode.EVENT_MALFORMED,
                        (field == null ? "the data" : field) + " breaks the schema: " + error.getMessage()),
                field);
    }

    /** The member that is wrong; for a missing or surplus one, that member rather than its parent. */
    private static String pointer(Error error) {
        String parent = error.getInstanceLocation().toString();
        return error.getProperty() == null ? parent : parent + "/" + error.getProperty();
    }

    private static Schema load(String name) {
        try (InputStream json = Objects.requireNonNull(
                NodeName.class.getResourceAsStream("schema/" + name), "the protocol's jar holds its schemas")) {
            Schema schema = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                    .getSchema(json, InputFormat.JSON);
            schema.initializeValidators();
            return schema;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

package io.nodejoin.service.worker;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.util.JsonFormat;
import io.nodejoin.activities.RootCause;
import io.nodejoin.workflows.NodeWorkflowRegistration;
import io.temporal.api.common.v1.Payload;
import io.temporal.api.history.v1.History;
import io.temporal.common.WorkflowExecutionHistory;
import io.temporal.common.converter.DataConverter;
import io.temporal.payload.codec.PayloadCodec;
import io.temporal.payload.context.SerializationContext;
import io.temporal.payload.context.WorkflowSerializationContext;
import io.temporal.worker.Worker;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A recorded join that a new worker replays, so that its first join finds the code of workflows and of their data loaded.
 * A replay calls neither Temporal nor any activity.
 */
final class RecordedJoin {
    private static final Logger LOG = LoggerFactory.getLogger(RecordedJoin.class);
    private static final String RESOURCE = "recording/connectedByEnrollment.json";
    private static final String WORKFLOW_ID = "recorded-join";
    /** The second one runs what the first one has compiled. */
    private static final int REPLAYS = 2;

    /** Search attributes, and what the SDK writes about a local activity beside its data. */
    private static final Set<String> PLAIN = Set.of("searchAttributes", "activityId", "meta", "time", "type");

    private static final JsonMapper JSON = new JsonMapper();
    private static final SerializationContext CONTEXT = new WorkflowSerializationContext("recorded", WORKFLOW_ID);

    private RecordedJoin() {}

    /**
     * Replays it, and returns whether it could. A failure costs the first join some time, and nothing else.
     *
     * @param dataConverter the worker's
     */
    static boolean replay(Worker worker, DataConverter dataConverter) {
        try {
            JsonNode recorded = JSON.readTree(read());
            if (dataConverter.withContext(CONTEXT) instanceof PayloadCodec codec) {
                recorded = encoded(recorded, codec);
            }
            History.Builder events = History.newBuilder();
            JsonFormat.parser().merge(recorded.toString(), events);
            WorkflowExecutionHistory history = new WorkflowExecutionHistory(events.build(), WORKFLOW_ID);
            for (int i = 0; i < REPLAYS; i++) {
                worker.replayWorkflowExecution(history);
            }
            return true;
        } catch (Exception
                | LinkageError e) { // only a replay uses these parts of the SDK, and the service can do without
            LOG.info("the recorded join cannot be replayed; the first join is slower: {}", RootCause.message(e));
            return false;
        }
    }

    /** Returns it with the payloads encoded that a worker decodes. */
    private static JsonNode encoded(JsonNode node, PayloadCodec codec) throws InvalidProtocolBufferException {
        switch (node) {
            case ObjectNode payload
            when payload.has("metadata") -> {
                Payload.Builder plain = Payload.newBuilder();
                JsonFormat.parser().merge(payload.toString(), plain);
                Payload encoded = codec.encode(List.of(plain.build())).getFirst();
                return JSON.readTree(JsonFormat.printer().print(encoded));
            }
            case ObjectNode object -> {
                for (String name : List.copyOf(object.propertyNames())) {
                    if (!PLAIN.contains(name)) {
                        object.set(name, encoded(object.get(name), codec));
                    }
                }
            }
            case ArrayNode array -> {
                for (int i = 0; i < array.size(); i++) {
                    array.set(i, encoded(array.get(i), codec));
                }
            }
            default -> {}
        }
        return node;
    }

    private static String read() throws IOException {
        try (InputStream recorded = NodeWorkflowRegistration.class.getResourceAsStream(RESOURCE)) {
            if (recorded == null) {
                throw new IOException(RESOURCE + " is not in the jar of the workflows");
            }
            return new String(recorded.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}

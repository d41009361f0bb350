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
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;

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
                encode(recorded, codec);
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

    /** Encodes the lists of payloads, as a worker that encrypts expects them. */
    private static void encode(JsonNode node, PayloadCodec codec) throws InvalidProtocolBufferException {
        if (!(node.get("payloads") instanceof ArrayNode payloads)) {
            for (JsonNode member : node) {
                encode(member, codec);
            }
            return;
        }
        List<Payload> plain = new ArrayList<>();
        for (JsonNode payload : payloads) {
            Payload.Builder read = Payload.newBuilder();
            JsonFormat.parser().merge(payload.toString(), read);
            plain.add(read.build());
        }
        payloads.removeAll();
        for (Payload encoded : codec.encode(plain)) {
            payloads.add(JSON.readTree(JsonFormat.printer().print(encoded)));
        }
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

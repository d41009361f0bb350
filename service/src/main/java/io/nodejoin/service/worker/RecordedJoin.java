package io.nodejoin.service.worker;

import com.google.protobuf.util.JsonFormat;
import io.nodejoin.activities.RootCause;
import io.nodejoin.workflows.NodeWorkflowRegistration;
import io.temporal.api.history.v1.History;
import io.temporal.common.WorkflowExecutionHistory;
import io.temporal.worker.Worker;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

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

    private RecordedJoin() {}

    /** Replays it, and returns whether it could. A failure costs the first join some time, and nothing else. */
    static boolean replay(Worker worker) {
        try {
            History.Builder events = History.newBuilder();
            JsonFormat.parser().merge(read(), events);
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

    private static String read() throws IOException {
        try (InputStream recorded = NodeWorkflowRegistration.class.getResourceAsStream(RESOURCE)) {
            if (recorded == null) {
                throw new IOException(RESOURCE + " is not in the jar of the workflows");
            }
            return new String(recorded.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}

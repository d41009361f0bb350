package io.nodejoin.activities;

import java.util.Map;

/**
 * The run of a workflow on whose behalf an entry was made, so that one can ask later whether it still runs.
 *
 * @param namespace of Temporal: another one knows nothing of this run, and that proves nothing
 */
public record WorkflowRun(String namespace, String runId) {
    private static final String NAMESPACE = "temporalNamespace";
    private static final String RUN = "temporalRun";

    public Map<String, String> data() {
        return Map.of(NAMESPACE, namespace, RUN, runId);
    }

    public static WorkflowRun of(Map<String, String> data) {
        return new WorkflowRun(data.getOrDefault(NAMESPACE, ""), data.getOrDefault(RUN, ""));
    }
}

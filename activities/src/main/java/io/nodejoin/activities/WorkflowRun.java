package io.nodejoin.activities;

import java.util.Map;

/**
 * The run of a workflow on whose behalf an entry was made, so that one can ask later whether it still runs.
 *
 * @param namespace of Temporal: another one knows nothing of this run, and that proves nothing
 */
public record WorkflowRun(String namespace, String runId) {
    private static final String NAMESPACE = "temporalNamespace";
    private static final String RUN_ID = "temporalRun";

    public Map<String, String> toData() {
        return Map.of(NAMESPACE, namespace, RUN_ID, runId);
    }

    public static WorkflowRun fromData(Map<String, String> data) {
        return new WorkflowRun(data.getOrDefault(NAMESPACE, ""), data.getOrDefault(RUN_ID, ""));
    }
}

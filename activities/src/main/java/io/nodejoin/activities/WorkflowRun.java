package io.nodejoin.activities;

import java.util.Map;

/**
 * The workflow run that created an entry. The garbage collector later checks whether the run is still open.
 *
 * @param namespace Temporal namespace of the run; a lookup in another namespace proves nothing
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

package io.nodejoin.cli;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.Phase;
import io.nodejoin.workflows.lifecycle.JoinSearchAttributes;
import io.nodejoin.workflows.lifecycle.MemoKeys;
import io.nodejoin.workflows.lifecycle.NodeLeaveWorkflow;
import io.temporal.api.enums.v1.WorkflowExecutionStatus;
import io.temporal.client.WorkflowExecutionMetadata;
import io.temporal.common.SearchAttributeKey;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One request for a node, as Temporal lists it, or one that was rejected.
 *
 * @param code why it failed; empty if it did not
 * @param joinId empty for a rejected request
 * @param attempt the attempt that runs; absent if nobody was asked
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record NodeRun(
        String cluster,
        String node,
        Kind kind,
        String phase,
        String code,
        String joinId,
        Instant started,
        @Nullable Instant closed,
        @Nullable Integer attempt,
        @JsonIgnore String runId) {

    /** What is requested. */
    enum Kind {
        join,
        leave
    }

    static NodeRun of(WorkflowExecutionMetadata run) {
        boolean open = run.getStatus() == WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_RUNNING;
        String phase = attribute(run, JoinSearchAttributes.PHASE);
        boolean isEndedFromOutside = !open && !phase.isEmpty() && !isTerminal(phase);
        Instant closed = run.getCloseTime();
        return new NodeRun(
                attribute(run, JoinSearchAttributes.CLUSTER),
                attribute(run, JoinSearchAttributes.NODE),
                NodeLeaveWorkflow.class.getSimpleName().equals(run.getWorkflowType()) ? Kind.leave : Kind.join,
                isEndedFromOutside ? Phase.Failed.name() : phase,
                isEndedFromOutside ? ErrorCode.TERMINATED.name() : attribute(run, JoinSearchAttributes.REASON),
                Objects.requireNonNullElse((String) run.getMemo(MemoKeys.JOIN_ID, String.class), ""),
                run.getStartTime().truncatedTo(ChronoUnit.SECONDS),
                closed == null ? null : closed.truncatedTo(ChronoUnit.SECONDS),
                null,
                run.getExecution().getRunId());
    }

    NodeRun withAttempt(int number) {
        return new NodeRun(cluster, node, kind, phase, code, joinId, started, closed, number, runId);
    }

    /** Returns whether the request is still being worked on. */
    @JsonIgnore
    boolean isOpen() {
        return !isTerminal(phase);
    }

    /** Returns the node as commands take it. */
    String reference() {
        return cluster + "/" + node;
    }

    private static boolean isTerminal(String phase) {
        for (Phase known : Phase.values()) {
            if (known.name().equals(phase)) {
                return known.terminal();
            }
        }
        return false;
    }

    private static String attribute(WorkflowExecutionMetadata run, SearchAttributeKey<String> key) {
        return Objects.requireNonNullElse(run.getTypedSearchAttributes().get(key), "");
    }
}

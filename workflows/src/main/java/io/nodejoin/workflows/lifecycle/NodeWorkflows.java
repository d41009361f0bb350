package io.nodejoin.workflows.lifecycle;

import io.nodejoin.protocol.Phase;
import io.nodejoin.protocol.PoolName;
import io.nodejoin.workflows.node.NodeRef;
import io.temporal.api.history.v1.HistoryEvent;
import io.temporal.common.SearchAttributes;
import io.temporal.common.converter.DataConverter;
import io.temporal.common.converter.DataConverterException;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The type, memo and search attributes of the runs of a node's workflow. */
public final class NodeWorkflows {
    /** The signal {@link NodeJoinWorkflow#superseded}. */
    public static final String SUPERSEDED = "superseded";

    /** The signal {@link NodeJoinWorkflow#cancelRequested}. */
    public static final String CANCEL_REQUESTED = "cancelRequested";

    private NodeWorkflows() {}

    /** Returns the type of the workflow that runs for this request. */
    public static String workflowType(NodeRequest request) {
        return switch (request) {
            case JoinRequest _ -> NodeJoinWorkflow.class.getSimpleName();
            case LeaveRequest _ -> NodeLeaveWorkflow.class.getSimpleName();
        };
    }

    /** Returns the summary in Temporal's UI. */
    public static String summary(NodeRequest request) {
        NodeRef node = request.node();
        return switch (request) {
            case JoinRequest _ -> "Join " + node.name() + " to " + node.cluster();
            case LeaveRequest _ -> "Have " + node.name() + " leave " + node.cluster();
        };
    }

    /** Returns the memo of a run for this request. */
    public static Map<String, Object> memo(NodeRequest request, DedupeWindow dedupeWindow) {
        Map<String, Object> memo = new TreeMap<>(Map.of(
                MemoKeys.JOIN_ID, request.joinId().value(),
                MemoKeys.GENERATION, request.generation().toString(),
                MemoKeys.DEDUPE_WINDOW, dedupeWindow.format()));
        if (request instanceof JoinRequest join) {
            memo.put(MemoKeys.ENROLLMENT, join.spec().enrollment());
            if (Boolean.TRUE.equals(join.spec().rejoin())) {
                memo.put(MemoKeys.REJOIN, Boolean.toString(true));
            }
        }
        return memo;
    }

    /**
     * Returns the request that this history event adds to a run as the next one; empty for any other event, and for
     * one that cannot be parsed, as the run could not.
     */
    public static Optional<NodeRequest> parseSupersedingRequest(HistoryEvent event, DataConverter converter) {
        var signal = event.getWorkflowExecutionSignaledEventAttributes();
        if (!event.hasWorkflowExecutionSignaledEventAttributes() || !SUPERSEDED.equals(signal.getSignalName())) {
            return Optional.empty();
        }
        try {
            return Optional.ofNullable(
                    converter.fromPayloads(0, Optional.of(signal.getInput()), NodeRequest.class, NodeRequest.class));
        } catch (DataConverterException _) {
            return Optional.empty();
        }
    }

    /** Returns the search attributes of a run for this request. */
    public static SearchAttributes searchAttributes(NodeRequest request) {
        SearchAttributes.Builder attributes = SearchAttributes.newBuilder()
                .set(JoinSearchAttributes.CLUSTER, request.node().cluster().value())
                .set(JoinSearchAttributes.NODE, request.node().name().value())
                .set(JoinSearchAttributes.PHASE, Phase.Requested.name());
        PoolName pool = request.pool();
        if (pool != null) {
            attributes.set(JoinSearchAttributes.POOL, pool.value());
        }
        return attributes.build();
    }
}

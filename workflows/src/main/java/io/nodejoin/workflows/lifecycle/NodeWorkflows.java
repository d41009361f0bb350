package io.nodejoin.workflows.lifecycle;

import io.nodejoin.protocol.MachineId;
import io.nodejoin.protocol.Phase;
import io.nodejoin.protocol.PoolName;
import io.nodejoin.protocol.event.JoinRequested;
import io.nodejoin.workflows.node.NodeRef;
import io.temporal.api.history.v1.HistoryEvent;
import io.temporal.common.SearchAttributes;
import io.temporal.common.converter.DataConverter;
import io.temporal.common.converter.DataConverterException;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

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
            case JoinRequest join when join.spec().needsMachine() -> MachineBindingWorkflow.class.getSimpleName();
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
            String enrollment = join.spec().enrollment();
            if (enrollment != null) {
                memo.put(MemoKeys.ENROLLMENT, enrollment);
            }
            machine(join.spec()).ifPresent(machine -> memo.put(MemoKeys.MACHINE, machine));
            if (Boolean.TRUE.equals(join.spec().rejoin())) {
                memo.put(MemoKeys.REJOIN, Boolean.toString(true));
            }
        }
        return memo;
    }

    /** Returns the value of {@link MemoKeys#MACHINE} for a node that this join made. */
    public static Optional<String> machine(JoinRequested spec) {
        MachineId id = spec.wantedMachine().id();
        return id == null || spec.needsMachine() ? Optional.empty() : Optional.of(spec.pool() + "/" + id);
    }

    /** Returns the pool in a value of {@link MemoKeys#MACHINE}; null if that is absent, or names none. */
    public static @Nullable PoolName machinePool(@Nullable String machine) {
        if (machine == null || machine.indexOf('/') <= 0) {
            return null;
        }
        try {
            return new PoolName(machine.substring(0, machine.indexOf('/')));
        } catch (IllegalArgumentException _) {
            return null;
        }
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

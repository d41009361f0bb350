package io.nodejoin.visibility.join;

import com.google.protobuf.Timestamp;
import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.NodeName;
import io.nodejoin.protocol.Phase;
import io.nodejoin.protocol.PoolName;
import io.nodejoin.workflows.lifecycle.JoinSearchAttributes;
import io.nodejoin.workflows.lifecycle.MachineBindingWorkflow;
import io.nodejoin.workflows.lifecycle.MemoKeys;
import io.nodejoin.workflows.node.NodeRef;
import io.nodejoin.workflows.temporal.UnreadablePayloadException;
import io.temporal.api.enums.v1.WorkflowExecutionStatus;
import io.temporal.api.workflow.v1.WorkflowExecutionInfo;
import io.temporal.client.WorkflowExecutionMetadata;
import io.temporal.common.SearchAttributes;
import io.temporal.common.converter.DataConverter;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads a run of Temporal as a join; what other programs have started under the same type is none. */
final class RunReader {
    private final DataConverter converter;

    RunReader(DataConverter converter) {
        this.converter = converter;
    }

    Optional<JoinSummary> summary(WorkflowExecutionInfo info) {
        WorkflowExecutionMetadata run = new WorkflowExecutionMetadata(info, converter);
        SearchAttributes attributes = run.getTypedSearchAttributes();
        Optional<RequestKind> kind = RequestKind.ofWorkflowType(run.getWorkflowType());
        Optional<NodeRef> node =
                node(attributes.get(JoinSearchAttributes.CLUSTER), attributes.get(JoinSearchAttributes.NODE));
        Optional<Phase> phase = constant(Phase.values(), attributes.get(JoinSearchAttributes.PHASE));
        if (kind.isEmpty() || node.isEmpty() || phase.isEmpty() || isHandedOver(run, phase.get())) {
            return Optional.empty();
        }
        return Optional.of(new JoinSummary(
                kind.get(),
                node.get(),
                joinId(run),
                run.getExecution().getRunId(),
                phase.get(),
                constant(ErrorCode.values(), attributes.get(JoinSearchAttributes.REASON))
                        .orElse(null),
                RunStatus.of(run.getStatus()),
                time(info.getStartTime()),
                info.hasCloseTime() ? time(info.getCloseTime()) : null,
                pool(attributes.get(JoinSearchAttributes.POOL))));
    }

    /** Whether the join has got a machine in this run, and continues as another one. */
    private static boolean isHandedOver(WorkflowExecutionMetadata run, Phase phase) {
        return MachineBindingWorkflow.class.getSimpleName().equals(run.getWorkflowType())
                && run.getStatus() == WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_CONTINUED_AS_NEW
                && phase == Phase.Requested;
    }

    private static Optional<NodeRef> node(@Nullable String cluster, @Nullable String name) {
        if (cluster == null || name == null) {
            return Optional.empty();
        }
        try {
            return Optional.of(new NodeRef(new ClusterName(cluster), new NodeName(name)));
        } catch (IllegalArgumentException _) {
            return Optional.empty();
        }
    }

    private static @Nullable PoolName pool(@Nullable String name) {
        try {
            return name == null ? null : new PoolName(name);
        } catch (IllegalArgumentException _) {
            return null;
        }
    }

    private static @Nullable JoinId joinId(WorkflowExecutionMetadata run) {
        try {
            String id = run.getMemo(MemoKeys.JOIN_ID, String.class, String.class);
            return id == null ? null : new JoinId(id);
        } catch (IllegalArgumentException | UnreadablePayloadException _) {
            return null;
        }
    }

    private static <E extends Enum<E>> Optional<E> constant(E[] constants, @Nullable String name) {
        return Arrays.stream(constants)
                .filter(constant -> constant.name().equals(name))
                .findFirst();
    }

    private static Instant time(Timestamp time) {
        return Instant.ofEpochSecond(time.getSeconds(), time.getNanos());
    }
}

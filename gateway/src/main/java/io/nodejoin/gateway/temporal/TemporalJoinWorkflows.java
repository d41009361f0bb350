package io.nodejoin.gateway.temporal;

import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.NodeName;
import io.nodejoin.protocol.Phase;
import io.nodejoin.protocol.PoolName;
import io.nodejoin.workflows.cleanup.NodeCleanupWorkflow;
import io.nodejoin.workflows.failure.Failures;
import io.nodejoin.workflows.hostcommand.AgentConnection;
import io.nodejoin.workflows.hostcommand.MilestoneReport;
import io.nodejoin.workflows.lifecycle.Enrollment;
import io.nodejoin.workflows.lifecycle.EnrollmentBinding;
import io.nodejoin.workflows.lifecycle.EnrollmentProof;
import io.nodejoin.workflows.lifecycle.JoinSearchAttributes;
import io.nodejoin.workflows.lifecycle.MachineBindingWorkflow;
import io.nodejoin.workflows.lifecycle.MemoKeys;
import io.nodejoin.workflows.lifecycle.NodeJoinWorkflow;
import io.nodejoin.workflows.lifecycle.NodeLeaveWorkflow;
import io.nodejoin.workflows.node.NodeRef;
import io.temporal.api.enums.v1.WorkflowExecutionStatus;
import io.temporal.client.UpdateOptions;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowExecutionDescription;
import io.temporal.client.WorkflowExecutionMetadata;
import io.temporal.client.WorkflowNotFoundException;
import io.temporal.client.WorkflowStub;
import io.temporal.client.WorkflowTargetOptions;
import io.temporal.client.WorkflowUpdateException;
import io.temporal.client.WorkflowUpdateHandle;
import io.temporal.client.WorkflowUpdateStage;
import io.temporal.common.SearchAttributes;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** The running joins in Temporal. Every call has a timeout. */
public final class TemporalJoinWorkflows implements JoinWorkflows {
    private static final int MAX_STARTED = 10_000;

    private final WorkflowClient client;
    private final CallDeadline deadline;

    /**
     * @param client client with Nodejoin's data converter
     * @param deadline of one call, since an update without a running worker would block
     */
    public TemporalJoinWorkflows(WorkflowClient client, CallDeadline deadline) {
        this.client = client;
        this.deadline = deadline;
    }

    @Override
    public Optional<RunningJoin> findRunningJoin(NodeRef node) {
        return callTemporal(() -> {
            WorkflowExecutionDescription description = stub(node).describe();
            return description.getStatus() == WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_RUNNING
                            && !MachineBindingWorkflow.class.getSimpleName().equals(description.getWorkflowType())
                    ? Optional.ofNullable((String) description.getMemo(MemoKeys.JOIN_ID, String.class))
                            .map(id -> runningJoin(new JoinId(id), description))
                    : Optional.empty();
        });
    }

    private static RunningJoin runningJoin(JoinId id, WorkflowExecutionDescription description) {
        SearchAttributes attributes = description.getTypedSearchAttributes();
        boolean isJoin = NodeJoinWorkflow.class.getSimpleName().equals(description.getWorkflowType());
        String pool = attributes.get(JoinSearchAttributes.POOL);
        return new RunningJoin(
                id,
                description.getExecution().getRunId(),
                isJoin && Phase.Requested.name().equals(attributes.get(JoinSearchAttributes.PHASE)),
                pool == null ? null : new PoolName(pool),
                Boolean.parseBoolean((String) description.getMemo(MemoKeys.REJOIN, String.class)),
                (String) description.getMemo(MemoKeys.ENROLLMENT, String.class));
    }

    @Override
    public List<StartedJoin> findStartedSince(Instant since) {
        String query = "WorkflowType IN ('%s', '%s', '%s') AND ExecutionStatus = 'Running' AND StartTime >= '%s'"
                .formatted(
                        NodeJoinWorkflow.class.getSimpleName(),
                        NodeLeaveWorkflow.class.getSimpleName(),
                        NodeCleanupWorkflow.class.getSimpleName(),
                        since.truncatedTo(ChronoUnit.MILLIS));
        return deadline.within(() -> client.listExecutions(query)
                .limit(MAX_STARTED)
                .flatMap(run -> startedJoin(run).stream())
                .toList());
    }

    private static Optional<StartedJoin> startedJoin(WorkflowExecutionMetadata run) {
        SearchAttributes attributes = run.getTypedSearchAttributes();
        String cluster = attributes.get(JoinSearchAttributes.CLUSTER);
        String node = attributes.get(JoinSearchAttributes.NODE);
        return cluster == null || node == null
                ? Optional.empty()
                : Optional.of(new StartedJoin(
                        new NodeRef(new ClusterName(cluster), new NodeName(node)),
                        run.getExecution().getRunId(),
                        run.getStartTime(),
                        (String) run.getMemo(MemoKeys.ENROLLMENT, String.class)));
    }

    @Override
    public boolean isJoined(NodeRef node, JoinId join) {
        return callTemporal(() -> Optional.of(stub(node).describe()))
                .filter(latest -> latest.getStatus() == WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_COMPLETED)
                .filter(latest -> join.value().equals(latest.getMemo(MemoKeys.JOIN_ID, String.class)))
                .filter(latest -> Phase.Joined.name()
                        .equals(latest.getTypedSearchAttributes().get(JoinSearchAttributes.PHASE)))
                .isPresent();
    }

    @Override
    public Optional<EnrollmentDecision> enroll(NodeRef node, EnrollmentProof proof) {
        // The same proof has the same update id, so a repeated call adds nothing to the history; one through another
        // replica has another, so that the workflow receives the connection.
        UUID id = UUID.nameUUIDFromBytes(proof.toString().getBytes(StandardCharsets.UTF_8));
        UpdateOptions<EnrollmentBinding> options = UpdateOptions.newBuilder(EnrollmentBinding.class)
                .setUpdateName("enroll")
                .setUpdateId("enroll-" + id)
                .setWaitForStage(WorkflowUpdateStage.COMPLETED)
                .build();
        return callTemporal(() -> Optional.of(decision(stub(node).startUpdate(options, proof), proof)));
    }

    private EnrollmentDecision decision(WorkflowUpdateHandle<EnrollmentBinding> update, EnrollmentProof proof) {
        try {
            EnrollmentBinding binding = update.getResult(deadline.timeout().toMillis(), TimeUnit.MILLISECONDS);
            return binding.publicKey().equals(proof.publicKey())
                    ? new EnrollmentDecision.Bound(binding.joinId(), binding.run())
                    : new EnrollmentDecision.Refused(Enrollment.REFUSED);
        } catch (WorkflowUpdateException refused) {
            return new EnrollmentDecision.Refused(Failures.problemOf(refused));
        }
    }

    @Override
    public boolean agentConnected(NodeRef node, String run, AgentConnection connection) {
        return signal(id(node), run, "agentConnected", connection);
    }

    @Override
    public Optional<String> findCleanup(NodeRef node, JoinId join) {
        WorkflowStub cleanup = client.newUntypedWorkflowStub(NodeCleanupWorkflow.workflowId(node.cluster(), join));
        return callTemporal(() -> Optional.of(cleanup.describe()))
                .filter(latest -> latest.getStatus() == WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_RUNNING)
                .map(latest -> latest.getExecution().getRunId());
    }

    @Override
    public boolean cleanupConnected(NodeRef node, JoinId join, String run, AgentConnection connection) {
        return signal(
                NodeCleanupWorkflow.workflowId(node.cluster(), join),
                run,
                NodeCleanupWorkflow.AGENT_CONNECTED,
                connection);
    }

    @Override
    public boolean waitsForTurn(NodeRef node, String run) {
        return signal(id(node), run, "waitsForTurn");
    }

    @Override
    public boolean milestoneReached(NodeRef node, String run, MilestoneReport report) {
        return signal(id(node), run, "milestoneReached", report);
    }

    private boolean signal(String workflowId, String run, String name, Object... arguments) {
        WorkflowTargetOptions target = WorkflowTargetOptions.newBuilder()
                .setWorkflowId(workflowId)
                .setRunId(run)
                .build();
        return callTemporal(() -> {
                    client.newUntypedWorkflowStub(target).signal(name, arguments);
                    return Optional.of(true);
                })
                .isPresent();
    }

    private WorkflowStub stub(NodeRef node) {
        return client.newUntypedWorkflowStub(id(node));
    }

    private static String id(NodeRef node) {
        return NodeJoinWorkflow.workflowId(node.cluster(), node.name());
    }

    private <T> Optional<T> callTemporal(Supplier<Optional<T>> call) {
        try {
            return deadline.within(call);
        } catch (WorkflowNotFoundException _) {
            return Optional.empty();
        }
    }
}

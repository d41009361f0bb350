package io.nodejoin.activities.host;

import io.grpc.Context;
import io.nodejoin.workflows.failure.Failures;
import io.nodejoin.workflows.join.AgentConnection;
import io.nodejoin.workflows.join.EnrollmentBinding;
import io.nodejoin.workflows.join.EnrollmentProof;
import io.nodejoin.workflows.join.HostReport;
import io.nodejoin.workflows.join.NodeJoinWorkflow;
import io.temporal.api.enums.v1.WorkflowExecutionStatus;
import io.temporal.client.UpdateOptions;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowExecutionDescription;
import io.temporal.client.WorkflowNotFoundException;
import io.temporal.client.WorkflowStub;
import io.temporal.client.WorkflowUpdateException;
import io.temporal.client.WorkflowUpdateHandle;
import io.temporal.client.WorkflowUpdateStage;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** The running joins, behind Temporal. No call takes longer than its limit. */
public final class TemporalJoinWorkflows implements JoinWorkflows {
    private final WorkflowClient client;
    private final ScheduledExecutorService deadlines;
    private final Duration limit;

    /**
     * @param client with the data converter of all of Nodejoin
     * @param deadlines ends calls that take too long
     * @param limit for one call; without a worker an update would wait for one
     */
    public TemporalJoinWorkflows(WorkflowClient client, ScheduledExecutorService deadlines, Duration limit) {
        this.client = client;
        this.deadlines = deadlines;
        this.limit = limit;
    }

    @Override
    public Optional<String> runningJoin(AgentIdentity agent) {
        return ask(() -> {
            WorkflowExecutionDescription description = stub(agent).describe();
            return description.getStatus() == WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_RUNNING
                    ? Optional.of(description.getExecution().getRunId())
                    : Optional.empty();
        });
    }

    @Override
    public Optional<EnrollmentDecision> enroll(AgentIdentity agent, EnrollmentProof proof) {
        // The same proof is the same update: repeating it adds nothing to the history.
        UUID id = UUID.nameUUIDFromBytes(
                (proof.secretDigest() + ' ' + proof.publicKey()).getBytes(StandardCharsets.UTF_8));
        UpdateOptions<EnrollmentBinding> options = UpdateOptions.newBuilder(EnrollmentBinding.class)
                .setUpdateName("enroll")
                .setUpdateId("enroll-" + id)
                .setWaitForStage(WorkflowUpdateStage.COMPLETED)
                .build();
        return ask(() -> Optional.of(decision(stub(agent).startUpdate(options, proof))));
    }

    private EnrollmentDecision decision(WorkflowUpdateHandle<EnrollmentBinding> update) {
        try {
            return new EnrollmentDecision.Bound(
                    update.getResult(limit.toMillis(), TimeUnit.MILLISECONDS).joinId());
        } catch (WorkflowUpdateException refused) {
            return new EnrollmentDecision.Refused(Failures.problemOf(refused));
        }
    }

    @Override
    public boolean agentConnected(AgentIdentity agent, AgentConnection connection) {
        return signal(agent, "agentConnected", connection);
    }

    @Override
    public boolean hostReported(AgentIdentity agent, HostReport report) {
        return signal(agent, "hostReported", report);
    }

    private boolean signal(AgentIdentity agent, String name, Object argument) {
        return ask(() -> {
                    stub(agent).signal(name, argument);
                    return Optional.of(true);
                })
                .isPresent();
    }

    private WorkflowStub stub(AgentIdentity agent) {
        return client.newUntypedWorkflowStub(NodeJoinWorkflow.id(agent.cluster(), agent.node()));
    }

    private <T> Optional<T> ask(Supplier<Optional<T>> question) {
        try (Context.CancellableContext context =
                Context.current().withDeadlineAfter(limit.toMillis(), TimeUnit.MILLISECONDS, deadlines)) {
            return within(context, question);
        } catch (WorkflowNotFoundException _) {
            return Optional.empty();
        }
    }

    private static <T> T within(Context context, Supplier<T> question) {
        Context before = context.attach();
        try {
            return question.get();
        } finally {
            context.detach(before);
        }
    }
}

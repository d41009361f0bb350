package io.nodejoin.service.intake;

import io.nodejoin.gateway.temporal.CallDeadline;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.Problem;
import io.nodejoin.protocol.event.LifecycleEvent;
import io.nodejoin.protocol.event.MachineOffered;
import io.nodejoin.protocol.event.MachineWithdrawn;
import io.nodejoin.workflows.failure.Failures;
import io.nodejoin.workflows.pool.PoolRef;
import io.nodejoin.workflows.pool.PoolWorkflow;
import io.nodejoin.workflows.temporal.TaskQueues;
import io.temporal.api.enums.v1.WorkflowIdConflictPolicy;
import io.temporal.client.UpdateOptions;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowNotFoundException;
import io.temporal.client.WorkflowOptions;
import io.temporal.client.WorkflowUpdateException;
import io.temporal.client.WorkflowUpdateStage;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** Tells the workflow of the pool, and starts it with its first machine. */
public final class TemporalMachineOffers implements MachineOffers {
    private final WorkflowClient client;
    private final CallDeadline deadline;

    /** @param deadline of one call, since an update without a running worker would block */
    public TemporalMachineOffers(WorkflowClient client, CallDeadline deadline) {
        this.client = client;
        this.deadline = deadline;
    }

    @Override
    public Optional<Problem> tell(LifecycleEvent.MachineRequest request) {
        PoolRef pool = new PoolRef(request.cluster(), request.pool());
        return switch (request) {
            case MachineOffered offer -> offer(pool, offer);
            case MachineWithdrawn withdrawn -> {
                withdraw(pool, withdrawn);
                yield Optional.empty();
            }
        };
    }

    private Optional<Problem> offer(PoolRef pool, MachineOffered offer) {
        WorkflowOptions options = WorkflowOptions.newBuilder()
                .setWorkflowId(PoolWorkflow.workflowId(pool))
                .setTaskQueue(TaskQueues.NODEJOIN)
                .setWorkflowIdConflictPolicy(WorkflowIdConflictPolicy.WORKFLOW_ID_CONFLICT_POLICY_USE_EXISTING)
                .setStaticSummary("Machines of pool " + pool.pool() + " in " + pool.cluster())
                .build();
        Object[] start = {pool, null};
        Object[] offered = {offer};
        try {
            deadline.within(() -> client.newUntypedWorkflowStub(PoolWorkflow.TYPE, options)
                    .startUpdateWithStart(update("offer"), offered, start)
                    .getResult(deadline.timeout().toMillis(), TimeUnit.MILLISECONDS));
            return Optional.empty();
        } catch (WorkflowUpdateException e) {
            return Optional.of(refusal(e));
        }
    }

    /** Throws unless the pool has refused the offer: a worker that cannot read it may do so later. */
    private static Problem refusal(WorkflowUpdateException e) {
        Problem problem = Failures.problemOf(e);
        if (problem.code() != ErrorCode.MACHINE_OFFER_CONFLICT) {
            throw e;
        }
        return problem;
    }

    private void withdraw(PoolRef pool, MachineWithdrawn withdrawn) {
        try {
            deadline.within(() -> client.newUntypedWorkflowStub(PoolWorkflow.workflowId(pool))
                    .startUpdate(update("withdraw"), withdrawn.machine())
                    .getResult(deadline.timeout().toMillis(), TimeUnit.MILLISECONDS));
        } catch (WorkflowNotFoundException _) {
            // The pool has no machines.
        }
    }

    private static UpdateOptions<Void> update(String name) {
        return UpdateOptions.newBuilder(Void.class)
                .setUpdateName(name)
                .setWaitForStage(WorkflowUpdateStage.COMPLETED)
                .build();
    }
}

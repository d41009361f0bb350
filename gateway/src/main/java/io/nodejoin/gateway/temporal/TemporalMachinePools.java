package io.nodejoin.gateway.temporal;

import io.nodejoin.workflows.pool.MachineSighting;
import io.nodejoin.workflows.pool.PoolRef;
import io.nodejoin.workflows.pool.PoolWorkflow;
import io.nodejoin.workflows.pool.SightingAnswer;
import io.temporal.client.UpdateOptions;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowNotFoundException;
import io.temporal.client.WorkflowStub;
import io.temporal.client.WorkflowUpdateException;
import io.temporal.client.WorkflowUpdateStage;
import io.temporal.failure.ApplicationFailure;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** The pools in Temporal. Every call has a timeout. */
public final class TemporalMachinePools implements MachinePools {
    private static final UpdateOptions<SightingAnswer> SIGHTED = UpdateOptions.newBuilder(SightingAnswer.class)
            .setUpdateName("sighted")
            .setWaitForStage(WorkflowUpdateStage.COMPLETED)
            .build();

    private final WorkflowClient client;
    private final CallDeadline deadline;

    /**
     * @param client client with Nodejoin's data converter
     * @param deadline of one call, since an update without a running worker would block
     */
    public TemporalMachinePools(WorkflowClient client, CallDeadline deadline) {
        this.client = client;
        this.deadline = deadline;
    }

    @Override
    public Optional<SightingAnswer> sighted(PoolRef pool, MachineSighting sighting) {
        try {
            return Optional.of(deadline.within(() -> stub(pool)
                    .startUpdate(SIGHTED, sighting)
                    .getResult(deadline.timeout().toMillis(), TimeUnit.MILLISECONDS)));
        } catch (WorkflowNotFoundException _) {
            return Optional.empty();
        } catch (WorkflowUpdateException e) {
            if (e.getCause() instanceof ApplicationFailure) {
                return Optional.empty();
            }
            throw e;
        }
    }

    @Override
    public void away(PoolRef pool, String secretDigest) {
        try {
            boolean _ = deadline.within(() -> {
                stub(pool).signal("away", secretDigest);
                return true;
            });
        } catch (WorkflowNotFoundException _) {
            // The pool has no machine any more.
        }
    }

    private WorkflowStub stub(PoolRef pool) {
        return client.newUntypedWorkflowStub(PoolWorkflow.workflowId(pool));
    }
}

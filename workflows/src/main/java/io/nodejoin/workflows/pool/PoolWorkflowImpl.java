package io.nodejoin.workflows.pool;

import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.MachineId;
import io.nodejoin.protocol.agent.MachineFacts;
import io.nodejoin.protocol.event.MachineOffered;
import io.nodejoin.workflows.failure.JoinFailures;
import io.nodejoin.workflows.lifecycle.BoundMachine;
import io.nodejoin.workflows.lifecycle.MachineBindingWorkflow;
import io.nodejoin.workflows.temporal.WorkflowTime;
import io.temporal.api.common.v1.WorkflowExecution;
import io.temporal.failure.ApplicationFailure;
import io.temporal.workflow.Async;
import io.temporal.workflow.Functions;
import io.temporal.workflow.Promise;
import io.temporal.workflow.Workflow;
import io.temporal.workflow.WorkflowInit;
import java.time.Instant;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The pool: handlers change it, and the main method binds machines after each change. */
public final class PoolWorkflowImpl implements PoolWorkflow {
    /** Written by Temporal's UI and tools only: callers of an unknown machine get no reason. */
    private static final String NOT_OFFERED = "the machine was not offered to this pool";

    private final MachinePool pool;
    /** What each waiting join was told last. */
    private final TreeMap<String, String> told = new TreeMap<>();

    private boolean changed = true;
    private int signalling;

    @WorkflowInit
    public PoolWorkflowImpl(PoolRef ref, @Nullable PoolStatus status) {
        pool = new MachinePool(ref, status);
    }

    @Override
    public void run(PoolRef ref, @Nullable PoolStatus status) {
        do {
            Workflow.await(() -> changed);
            changed = false;
            bind();
            if (Workflow.getInfo().isContinueAsNewSuggested()) {
                continueAsNew(ref);
            }
        } while (!pool.isEmpty() || signalling > 0 || changed);
    }

    private void continueAsNew(PoolRef ref) {
        Workflow.await(() -> signalling == 0);
        Workflow.continueAsNew(ref, pool.status());
    }

    private void bind() {
        Instant now = WorkflowTime.now();
        pool.bind(now).forEach(this::tell);
        List<BindRequest> waiting = pool.status().waiting();
        told.keySet()
                .retainAll(waiting.stream()
                        .map(request -> request.joinId().value())
                        .toList());
        waiting.forEach(request -> explain(request, now));
    }

    private void tell(MachinePool.Grant grant) {
        BindRequest request = grant.request();
        MachineFacts facts = grant.machine().facts();
        BoundMachine bound = new BoundMachine(grant.machine().offer(), facts == null ? List.of() : facts.addresses());
        signal(request, join -> join.machineBound(bound));
    }

    /** A join is told when it begins to wait, and when the reason changes. */
    private void explain(BindRequest request, Instant now) {
        String reason = pool.explain(request, now);
        if (!reason.equals(told.put(request.joinId().value(), reason))) {
            signal(request, join -> join.machineAwaited(reason));
        }
    }

    /** A join that does not run any more needs no machine. */
    private void signal(BindRequest request, Functions.Proc1<MachineBindingWorkflow> message) {
        MachineBindingWorkflow join = Workflow.newExternalWorkflowStub(
                MachineBindingWorkflow.class,
                WorkflowExecution.newBuilder()
                        .setWorkflowId(request.workflowId())
                        .setRunId(request.runId())
                        .build());
        signalling++;
        Promise<Void> sent = Async.procedure(message, join);
        sent.handle((_, failure) -> {
            signalling--;
            if (failure != null) {
                pool.withdrawRequest(request.joinId());
                changed = true;
            }
            return true;
        });
    }

    @Override
    public void offer(MachineOffered offer) {
        pool.offer(offer);
        changed = true;
    }

    @Override
    public void validateOffer(MachineOffered offer) {
        pool.refusal(offer).ifPresent(why -> {
            throw JoinFailures.of(why);
        });
    }

    @Override
    public void withdraw(MachineId machine) {
        pool.withdraw(machine);
        changed = true;
    }

    @Override
    public SightingAnswer sighted(MachineSighting sighting) {
        changed = true;
        return pool.sighted(sighting, WorkflowTime.now());
    }

    @Override
    public void validateSighted(MachineSighting sighting) {
        if (!pool.knows(sighting.secretDigest())) {
            throw ApplicationFailure.newNonRetryableFailure(NOT_OFFERED, "NOT_OFFERED");
        }
    }

    @Override
    public void away(String secretDigest) {
        pool.away(secretDigest);
        changed = true;
    }

    @Override
    public void request(BindRequest request) {
        pool.request(request);
        changed = true;
    }

    @Override
    public void withdrawRequest(JoinId join) {
        pool.withdrawRequest(join);
        changed = true;
    }

    @Override
    public void release(MachineRelease release) {
        pool.release(release);
        changed = true;
    }

    @Override
    public void setDraining(boolean draining) {
        pool.setDraining(draining);
        changed = true;
    }

    @Override
    public PoolStatus status() {
        return pool.status();
    }
}

package io.nodejoin.testbed.failpoint;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.temporal.api.common.v1.WorkflowExecution;
import io.temporal.client.WorkflowServiceException;
import io.temporal.client.WorkflowUpdateHandle;
import io.temporal.common.interceptors.WorkflowClientCallsInterceptor;
import io.temporal.common.interceptors.WorkflowClientCallsInterceptorBase;
import io.temporal.common.interceptors.WorkflowClientInterceptorBase;
import java.util.Arrays;
import java.util.function.Supplier;

/** Fail points around the calls of intake and gateway to Temporal: start, update and signal. */
final class FailPointClientInterceptor extends WorkflowClientInterceptorBase {
    static final String START = "Intake_Start";

    private final FailPointTrigger trigger;

    FailPointClientInterceptor(FailPointTrigger trigger) {
        this.trigger = trigger;
    }

    @Override
    public WorkflowClientCallsInterceptor workflowClientCallsInterceptor(WorkflowClientCallsInterceptor next) {
        return new WorkflowClientCallsInterceptorBase(next) {
            @Override
            public WorkflowStartOutput start(WorkflowStartInput input) {
                return around(
                        START, input.getWorkflowId(), Arrays.toString(input.getArguments()), () -> super.start(input));
            }

            @Override
            public WorkflowSignalOutput signal(WorkflowSignalInput input) {
                return around(
                        "Signal_" + input.getSignalName(),
                        input.getWorkflowExecution().getWorkflowId(),
                        Arrays.toString(input.getArguments()),
                        () -> super.signal(input));
            }

            @Override
            public <R> WorkflowUpdateHandle<R> startUpdate(StartUpdateInput<R> input) {
                return around(
                        "Update_" + input.getUpdateName(),
                        input.getWorkflowExecution().getWorkflowId(),
                        Arrays.toString(input.getArguments()),
                        () -> super.startUpdate(input));
            }
        };
    }

    private <T> T around(String step, String workflow, String input, Supplier<T> call) {
        trigger.onReached(step, FailPosition.BEFORE, workflow, input, () -> lost(workflow));
        T result = call.get();
        trigger.onReached(step, FailPosition.AFTER, workflow, input, () -> lost(workflow));
        return result;
    }

    private static WorkflowServiceException lost(String workflow) {
        return new WorkflowServiceException(
                WorkflowExecution.newBuilder().setWorkflowId(workflow).build(),
                "NodeJoinWorkflow",
                new StatusRuntimeException(Status.UNAVAILABLE));
    }
}

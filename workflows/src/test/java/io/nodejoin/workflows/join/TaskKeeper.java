package io.nodejoin.workflows.join;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.ForwardingClientCallListener.SimpleForwardingClientCallListener;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.temporal.api.command.v1.Command;
import io.temporal.api.common.v1.WorkflowExecution;
import io.temporal.api.enums.v1.WorkflowTaskFailedCause;
import io.temporal.api.history.v1.HistoryEvent;
import io.temporal.api.workflow.v1.PendingActivityInfo;
import io.temporal.api.workflowservice.v1.DescribeWorkflowExecutionRequest;
import io.temporal.api.workflowservice.v1.PollWorkflowTaskQueueResponse;
import io.temporal.api.workflowservice.v1.RespondWorkflowTaskCompletedRequest;
import io.temporal.api.workflowservice.v1.RespondWorkflowTaskFailedRequest;
import io.temporal.api.workflowservice.v1.WorkflowServiceGrpc;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Stands before Temporal's test server, which loses a workflow task that cancels an activity that has ended meanwhile: nobody hears of the
 * task again, and its workflow stands still. Such a task fails instead, and is made again with what has happened. The real server takes it.
 */
final class TaskKeeper implements ClientInterceptor {
    /** What is open, and the ids of its activities by the events that scheduled them. */
    private record Run(WorkflowExecution execution, Map<Long, String> activities) {}

    private final Map<String, Run> runs = new ConcurrentHashMap<>();
    private final Map<Object, Run> tasks = new ConcurrentHashMap<>();

    @Override
    public <Q, R> ClientCall<Q, R> interceptCall(MethodDescriptor<Q, R> method, CallOptions options, Channel server) {
        return new SimpleForwardingClientCall<>(server.newCall(method, options)) {
            private volatile boolean failed;

            @Override
            public void start(Listener<R> caller, Metadata headers) {
                super.start(
                        new SimpleForwardingClientCallListener<>(caller) {
                            @Override
                            public void onMessage(R answer) {
                                if (answer instanceof PollWorkflowTaskQueueResponse task
                                        && task.hasWorkflowExecution()) {
                                    note(task);
                                }
                                super.onMessage(answer);
                            }

                            @Override
                            public void onClose(Status status, Metadata trailers) {
                                super.onClose(
                                        failed ? Status.INVALID_ARGUMENT.withDescription("UnhandledCommand") : status,
                                        trailers);
                            }
                        },
                        headers);
            }

            @Override
            public void sendMessage(Q request) {
                if (request instanceof RespondWorkflowTaskCompletedRequest task && wouldBeLost(task, server)) {
                    failed = true;
                    fail(task, server);
                    cancel("its workflow task has failed", null);
                } else {
                    super.sendMessage(request);
                }
            }

            @Override
            public void halfClose() {
                if (!failed) {
                    super.halfClose();
                }
            }
        };
    }

    private void note(PollWorkflowTaskQueueResponse task) {
        Run run = runs.computeIfAbsent(
                task.getWorkflowExecution().getRunId(),
                _ -> new Run(task.getWorkflowExecution(), new ConcurrentHashMap<>()));
        for (HistoryEvent event : task.getHistory().getEventsList()) {
            if (event.hasActivityTaskScheduledEventAttributes()) {
                run.activities()
                        .put(
                                event.getEventId(),
                                event.getActivityTaskScheduledEventAttributes().getActivityId());
            }
        }
        tasks.put(task.getTaskToken(), run);
    }

    private boolean wouldBeLost(RespondWorkflowTaskCompletedRequest task, Channel server) {
        @Nullable Run run = tasks.remove(task.getTaskToken());
        List<Long> cancelled = task.getCommandsList().stream()
                .filter(Command::hasRequestCancelActivityTaskCommandAttributes)
                .map(command ->
                        command.getRequestCancelActivityTaskCommandAttributes().getScheduledEventId())
                .toList();
        if (run == null || cancelled.isEmpty()) {
            return false;
        }
        Set<String> pending = WorkflowServiceGrpc.newBlockingStub(server)
                .describeWorkflowExecution(DescribeWorkflowExecutionRequest.newBuilder()
                        .setNamespace(task.getNamespace())
                        .setExecution(run.execution())
                        .build())
                .getPendingActivitiesList()
                .stream()
                .map(PendingActivityInfo::getActivityId)
                .collect(Collectors.toSet());
        return cancelled.stream().map(run.activities()::get).anyMatch(id -> !pending.contains(id));
    }

    private static void fail(RespondWorkflowTaskCompletedRequest task, Channel server) {
        WorkflowServiceGrpc.newBlockingStub(server)
                .respondWorkflowTaskFailed(RespondWorkflowTaskFailedRequest.newBuilder()
                        .setNamespace(task.getNamespace())
                        .setTaskToken(task.getTaskToken())
                        .setIdentity(task.getIdentity())
                        .setCause(WorkflowTaskFailedCause.WORKFLOW_TASK_FAILED_CAUSE_UNHANDLED_COMMAND)
                        .build());
    }
}

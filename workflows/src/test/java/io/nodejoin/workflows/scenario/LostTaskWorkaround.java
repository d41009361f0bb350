package io.nodejoin.workflows.scenario;

import com.google.protobuf.ByteString;
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
import io.temporal.api.workflowservice.v1.GetWorkflowExecutionHistoryRequest;
import io.temporal.api.workflowservice.v1.PollWorkflowTaskQueueResponse;
import io.temporal.api.workflowservice.v1.RespondActivityTaskCanceledRequest;
import io.temporal.api.workflowservice.v1.RespondActivityTaskCompletedRequest;
import io.temporal.api.workflowservice.v1.RespondActivityTaskFailedRequest;
import io.temporal.api.workflowservice.v1.RespondWorkflowTaskCompletedRequest;
import io.temporal.api.workflowservice.v1.RespondWorkflowTaskFailedRequest;
import io.temporal.api.workflowservice.v1.WorkflowServiceGrpc;
import io.temporal.api.workflowservice.v1.WorkflowServiceGrpc.WorkflowServiceBlockingStub;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.stream.Collectors;

/**
 * Stands before Temporal's test server, which loses a workflow task that cancels an activity that has ended meanwhile: nobody hears of the
 * task again, and its workflow stands still. Such a task fails instead, and is made again with what has happened. The real server takes it.
 * No activity answers between the look and the task's answer; one may only time out then.
 */
final class LostTaskWorkaround implements ClientInterceptor {
    private static final int ANSWERS_AT_ONCE = 1_000;

    private final Map<ByteString, WorkflowExecution> tasks = new ConcurrentHashMap<>();
    private final Semaphore answers = new Semaphore(ANSWERS_AT_ONCE, true);

    @Override
    public <Q, R> ClientCall<Q, R> interceptCall(MethodDescriptor<Q, R> method, CallOptions options, Channel server) {
        return new SimpleForwardingClientCall<>(server.newCall(method, options)) {
            private volatile boolean failed;
            private volatile int taken;

            @Override
            public void start(Listener<R> caller, Metadata headers) {
                super.start(
                        new SimpleForwardingClientCallListener<>(caller) {
                            @Override
                            public void onMessage(R answer) {
                                if (answer instanceof PollWorkflowTaskQueueResponse task
                                        && task.hasWorkflowExecution()) {
                                    tasks.put(task.getTaskToken(), task.getWorkflowExecution());
                                }
                                super.onMessage(answer);
                            }

                            @Override
                            public void onClose(Status status, Metadata trailers) {
                                answers.release(taken);
                                super.onClose(
                                        failed ? Status.INVALID_ARGUMENT.withDescription("UnhandledCommand") : status,
                                        trailers);
                            }
                        },
                        headers);
            }

            @Override
            public void sendMessage(Q request) {
                taken = takenBy(request);
                answers.acquireUninterruptibly(taken);
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

    /** A task's answer goes alone; those of activities go beside each other. */
    private static int takenBy(Object request) {
        return switch (request) {
            case RespondWorkflowTaskCompletedRequest _ -> ANSWERS_AT_ONCE;
            case RespondActivityTaskCompletedRequest _,
                    RespondActivityTaskFailedRequest _,
                    RespondActivityTaskCanceledRequest _ -> 1;
            default -> 0;
        };
    }

    private boolean wouldBeLost(RespondWorkflowTaskCompletedRequest task, Channel server) {
        WorkflowExecution run = tasks.remove(task.getTaskToken());
        Set<Long> cancelled = task.getCommandsList().stream()
                .filter(Command::hasRequestCancelActivityTaskCommandAttributes)
                .map(command ->
                        command.getRequestCancelActivityTaskCommandAttributes().getScheduledEventId())
                .collect(Collectors.toSet());
        return run != null
                && !cancelled.isEmpty()
                && !pending(task.getNamespace(), run, server).containsAll(cancelled);
    }

    /** The activities that have not ended, by the events that scheduled them. */
    private static Set<Long> pending(String namespace, WorkflowExecution run, Channel server) {
        WorkflowServiceBlockingStub asked = WorkflowServiceGrpc.newBlockingStub(server);
        Set<String> ids = asked
                .describeWorkflowExecution(DescribeWorkflowExecutionRequest.newBuilder()
                        .setNamespace(namespace)
                        .setExecution(run)
                        .build())
                .getPendingActivitiesList()
                .stream()
                .map(PendingActivityInfo::getActivityId)
                .collect(Collectors.toSet());
        return asked
                .getWorkflowExecutionHistory(GetWorkflowExecutionHistoryRequest.newBuilder()
                        .setNamespace(namespace)
                        .setExecution(run)
                        .build())
                .getHistory()
                .getEventsList()
                .stream()
                .filter(event -> ids.contains(
                        event.getActivityTaskScheduledEventAttributes().getActivityId()))
                .map(HistoryEvent::getEventId)
                .collect(Collectors.toSet());
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

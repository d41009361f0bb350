package io.nodejoin.cli;

import io.grpc.StatusRuntimeException;
import io.nodejoin.protocol.JoinId;
import io.nodejoin.workflows.failure.Failures;
import io.nodejoin.workflows.lifecycle.AbortRequest;
import io.nodejoin.workflows.lifecycle.AbortResponse;
import io.nodejoin.workflows.lifecycle.JoinProgress;
import io.nodejoin.workflows.lifecycle.NodeJoinWorkflow;
import io.nodejoin.workflows.node.NodeRef;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowException;
import io.temporal.client.WorkflowNotFoundException;
import io.temporal.client.WorkflowServiceException;
import io.temporal.client.WorkflowStub;
import io.temporal.client.WorkflowUpdateException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/** Queries joins in Temporal; converts failures to a message and an exit code. */
final class JoinLookup {
    static final Duration POLL_INTERVAL = Duration.ofMillis(500);
    private static final Duration RESPONSE_TIMEOUT = Duration.ofSeconds(10);

    private final WorkflowClient client;

    JoinLookup(WorkflowClient client) {
        this.client = client;
    }

    /** Returns the latest join of a node. */
    JoinProgress progress(NodeRef node) {
        try {
            return callTemporal(
                    () -> client.newUntypedWorkflowStub(NodeJoinWorkflow.workflowId(node.cluster(), node.name()))
                            .query("progress", JoinProgress.class));
        } catch (WorkflowNotFoundException e) {
            throw new CliException(
                    ExitCodes.NOT_FOUND, "no join of " + node.name() + " to " + node.cluster() + " is known", e);
        } catch (WorkflowException e) {
            throw unanswered(node, e);
        }
    }

    /** Aborts the running join of a node, and returns once the join has accepted it. */
    JoinId cancel(NodeRef node, AbortRequest request) {
        WorkflowStub join = client.newUntypedWorkflowStub(NodeJoinWorkflow.workflowId(node.cluster(), node.name()));
        CompletableFuture<AbortResponse> answer = CompletableFuture.supplyAsync(
                () -> callTemporal(() -> join.update("abort", AbortResponse.class, request)),
                Thread::startVirtualThread);
        try {
            return answer.get(RESPONSE_TIMEOUT.toSeconds(), TimeUnit.SECONDS).joinId();
        } catch (ExecutionException e) {
            throw toCliException(node, e);
        } catch (TimeoutException e) {
            throw unanswered(node, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CliException(ExitCodes.STILL_RUNNING, "interrupted; the join may or may not be aborted", e);
        }
    }

    private static CliException toCliException(NodeRef node, ExecutionException thrown) {
        return switch (thrown.getCause()) {
            case CliException known -> known;
            case WorkflowNotFoundException missing ->
                new CliException(
                        ExitCodes.NOT_FOUND,
                        "no join of " + node.name() + " to " + node.cluster() + " is running",
                        missing);
            case WorkflowUpdateException refused ->
                new CliException(ExitCodes.REJECTED, Failures.problemOf(refused).detail(), refused);
            case null, default -> unanswered(node, thrown);
        };
    }

    private static CliException unanswered(NodeRef node, Exception thrown) {
        return new CliException(
                ExitCodes.UNREACHABLE,
                "no worker of Nodejoin responds for " + node.name() + ": is the service running?",
                thrown);
    }

    static <T> T callTemporal(Supplier<T> call) {
        try {
            return call.get();
        } catch (StatusRuntimeException e) {
            throw unreachable(e);
        } catch (WorkflowServiceException e) {
            if (e.getCause() instanceof StatusRuntimeException status) {
                throw unreachable(status);
            }
            throw e;
        }
    }

    private static CliException unreachable(StatusRuntimeException e) {
        return new CliException(
                ExitCodes.UNREACHABLE,
                "cannot reach Temporal: " + e.getStatus().getCode() + "; set TEMPORAL_ADDRESS or give --config FILE",
                e);
    }
}

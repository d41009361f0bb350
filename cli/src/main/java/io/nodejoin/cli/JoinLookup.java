package io.nodejoin.cli;

import io.nodejoin.protocol.JoinId;
import io.nodejoin.workflows.failure.Failures;
import io.nodejoin.workflows.lifecycle.AbortRequest;
import io.nodejoin.workflows.lifecycle.AbortResponse;
import io.nodejoin.workflows.lifecycle.DeadlineExtension;
import io.nodejoin.workflows.lifecycle.ExtendedDeadline;
import io.nodejoin.workflows.lifecycle.JoinProgress;
import io.nodejoin.workflows.lifecycle.NodeJoinWorkflow;
import io.nodejoin.workflows.node.NodeRef;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowException;
import io.temporal.client.WorkflowNotFoundException;
import io.temporal.client.WorkflowStub;
import io.temporal.client.WorkflowUpdateException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Asks the workers of the service about a node's latest request; converts failures to a message and an exit code. */
final class JoinLookup {
    static final Duration POLL_INTERVAL = Duration.ofMillis(500);
    private static final Duration RESPONSE_TIMEOUT = Duration.ofSeconds(10);

    private final WorkflowClient client;
    private final TemporalCalls calls;

    JoinLookup(WorkflowClient client, TemporalCalls calls) {
        this.client = client;
        this.calls = calls;
    }

    /** Returns the progress of the latest request for a node. */
    JoinProgress progress(NodeRef node) {
        try {
            return calls.call(
                    () -> client.newUntypedWorkflowStub(NodeJoinWorkflow.workflowId(node.cluster(), node.name()))
                            .query("progress", JoinProgress.class));
        } catch (WorkflowNotFoundException e) {
            throw new CliException(
                    ExitCodes.NOT_FOUND, "no join of " + node.name() + " to " + node.cluster() + " is known", e);
        } catch (WorkflowException e) {
            throw calls.noWorker(e);
        }
    }

    /** Aborts the running request of a node, and returns once it has accepted that. */
    JoinId abort(NodeRef node, AbortRequest request) {
        return update(node, "abort", AbortResponse.class, request).joinId();
    }

    /** Gives the running join of a node a later deadline. */
    ExtendedDeadline extendDeadline(NodeRef node, DeadlineExtension extension) {
        return update(node, "extendDeadline", ExtendedDeadline.class, extension);
    }

    private <T> T update(NodeRef node, String name, Class<T> response, Object request) {
        WorkflowStub join = client.newUntypedWorkflowStub(NodeJoinWorkflow.workflowId(node.cluster(), node.name()));
        CompletableFuture<T> answer = CompletableFuture.supplyAsync(
                () -> calls.call(() -> join.update(name, response, request)), Thread::startVirtualThread);
        try {
            return answer.get(RESPONSE_TIMEOUT.toSeconds(), TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw toCliException(node, e);
        } catch (TimeoutException e) {
            throw calls.noWorker(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CliException(
                    ExitCodes.INTERRUPTED, "interrupted; the request may or may not have taken effect", e);
        }
    }

    private CliException toCliException(NodeRef node, ExecutionException thrown) {
        return switch (thrown.getCause()) {
            case CliException known -> known;
            case WorkflowNotFoundException missing ->
                new CliException(
                        ExitCodes.NOT_FOUND,
                        "no join of " + node.name() + " to " + node.cluster() + " is running",
                        missing);
            case WorkflowUpdateException refused ->
                new CliException(ExitCodes.REJECTED, Failures.problemOf(refused).detail(), refused);
            case null, default -> calls.noWorker(thrown);
        };
    }
}

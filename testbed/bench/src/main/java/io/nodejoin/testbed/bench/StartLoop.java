package io.nodejoin.testbed.bench;

import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.agent.TlsBootstrap;
import io.nodejoin.testbed.client.HostFixture;
import io.nodejoin.testbed.client.JoinRequestProducer;
import io.nodejoin.testbed.simulated.SimulatedHosts;
import io.nodejoin.workflows.csr.ApprovalMode;
import io.nodejoin.workflows.lifecycle.DedupeWindow;
import io.nodejoin.workflows.lifecycle.JoinPolicy;
import io.nodejoin.workflows.lifecycle.JoinRequest;
import io.nodejoin.workflows.lifecycle.NodeJoinWorkflow;
import io.nodejoin.workflows.lifecycle.NodeWorkflows;
import io.nodejoin.workflows.node.NodeObject;
import io.nodejoin.workflows.temporal.DataConverters;
import io.nodejoin.workflows.temporal.TaskQueues;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowClientOptions;
import io.temporal.client.WorkflowOptions;
import io.temporal.serviceclient.WorkflowServiceStubs;
import io.temporal.serviceclient.WorkflowServiceStubsOptions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** A client of Temporal that starts joins as fast as it can, some at a time, and does nothing else. */
final class StartLoop implements AutoCloseable {
    private final WorkflowServiceStubs stubs;
    private final WorkflowClient client;
    private final ClusterName cluster;
    private final int concurrent;

    StartLoop(String target, ClusterName cluster, int concurrent) {
        this.stubs = WorkflowServiceStubs.newServiceStubs(
                WorkflowServiceStubsOptions.newBuilder().setTarget(target).build());
        this.client = WorkflowClient.newInstance(
                stubs,
                WorkflowClientOptions.newBuilder()
                        .setDataConverter(DataConverters.dataConverter())
                        .build());
        this.cluster = cluster;
        this.concurrent = concurrent;
    }

    /** Returns once all are started. */
    void startAll(List<HostFixture> hosts) {
        Queue<HostFixture> left = new ConcurrentLinkedQueue<>(hosts);
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> loops = IntStream.range(0, concurrent)
                    .<Future<?>>mapToObj(_ -> threads.submit(() -> startFrom(left)))
                    .toList();
            for (Future<?> loop : loops) {
                loop.get();
            }
        } catch (ExecutionException e) {
            throw new IllegalStateException("a workflow cannot be started", e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    private void startFrom(Queue<HostFixture> left) {
        for (@Nullable HostFixture next = left.poll(); next != null; next = left.poll()) {
            JoinRequest request = request(next);
            client.newUntypedWorkflowStub(NodeWorkflows.workflowType(request), options(request))
                    .start(request, null);
        }
    }

    private JoinRequest request(HostFixture host) {
        Instant now = Instant.now();
        return new JoinRequest(
                JoinId.of(JoinRequestProducer.SOURCE, host.node().value()),
                now,
                host.joinRequest(cluster, SimulatedHosts.ADDRESS),
                now.plus(Duration.ofMinutes(14)),
                new JoinPolicy(
                        ApprovalMode.NODEJOIN,
                        TlsBootstrap.AGENT,
                        NodeObject.NODEJOIN,
                        Duration.ofMinutes(10),
                        List.of(),
                        null,
                        null),
                null);
    }

    private static WorkflowOptions options(JoinRequest request) {
        return WorkflowOptions.newBuilder()
                .setWorkflowId(NodeJoinWorkflow.workflowId(
                        request.node().cluster(), request.node().name()))
                .setTaskQueue(TaskQueues.NODEJOIN)
                .setMemo(NodeWorkflows.memo(request, DedupeWindow.EMPTY))
                .setTypedSearchAttributes(NodeWorkflows.searchAttributes(request))
                .setStaticSummary(NodeWorkflows.summary(request))
                .build();
    }

    @Override
    public void close() {
        stubs.shutdownNow();
    }
}

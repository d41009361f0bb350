package io.nodejoin.testbed.bench;

import io.nodejoin.activities.FailureBoundary;
import io.nodejoin.protocol.JoinId;
import io.nodejoin.workflows.certificate.CertificateActivities;
import io.nodejoin.workflows.certificate.CertificateDecision;
import io.nodejoin.workflows.certificate.CertificateOrder;
import io.nodejoin.workflows.certificate.DeniedRequests;
import io.nodejoin.workflows.certificate.IssuedCertificates;
import io.nodejoin.workflows.token.TokenRef;
import io.nodejoin.workflows.wire.Payloads;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowClientOptions;
import io.temporal.client.WorkflowOptions;
import io.temporal.serviceclient.WorkflowServiceStubs;
import io.temporal.serviceclient.WorkflowServiceStubsOptions;
import io.temporal.worker.WorkerFactory;
import io.temporal.worker.WorkerFactoryOptions;
import io.temporal.worker.WorkerOptions;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

/** Joins that wait for their certificates on a real Temporal server, with a worker as the service has one. */
final class Deciders implements AutoCloseable {
    private static final String QUEUE = "flood-bench";
    private static final int ACTIVITIES = 10_000;
    private static final WorkflowOptions OPTIONS = WorkflowOptions.newBuilder()
            .setTaskQueue(QUEUE)
            .setWorkflowTaskTimeout(Duration.ofSeconds(30))
            .build();

    private final WorkflowServiceStubs stubs;
    private final WorkflowClient client;
    private final WorkerFactory workers;
    private final Map<JoinId, CompletableFuture<Void>> waiting = new ConcurrentHashMap<>();

    Deciders(String target, CertificateActivities certificates) {
        this.stubs = WorkflowServiceStubs.newServiceStubs(
                WorkflowServiceStubsOptions.newBuilder().setTarget(target).build());
        this.client = WorkflowClient.newInstance(
                stubs,
                WorkflowClientOptions.newBuilder()
                        .setDataConverter(Payloads.converter())
                        .build());
        this.workers = WorkerFactory.newInstance(
                client,
                WorkerFactoryOptions.newBuilder()
                        .setUsingVirtualWorkflowThreads(true)
                        .setWorkerInterceptors(new FailureBoundary())
                        .build());
        var worker = workers.newWorker(
                QUEUE,
                WorkerOptions.newBuilder()
                        .setUsingVirtualThreads(true)
                        .setMaxConcurrentActivityExecutionSize(ACTIVITIES)
                        .build());
        worker.registerWorkflowImplementationTypes(DecisionWorkflow.Impl.class, DenialWorkflow.Impl.class);
        worker.registerActivitiesImplementations(new Announced(certificates));
        workers.start();
    }

    /** Returns once the decision is waited for; its end is in the future. */
    CompletableFuture<CertificateDecision> waitFor(CertificateOrder order) {
        CompletableFuture<Void> begun = waiting.computeIfAbsent(order.token().joinId(), _ -> new CompletableFuture<>());
        DecisionWorkflow workflow = client.newWorkflowStub(DecisionWorkflow.class, OPTIONS);
        CompletableFuture<CertificateDecision> end = WorkflowClient.execute(workflow::decide, order);
        begun.join();
        return end;
    }

    /** Denies what is undecided of the token; its end is in the future. */
    CompletableFuture<Void> deny(TokenRef token) {
        return WorkflowClient.execute(client.newWorkflowStub(DenialWorkflow.class, OPTIONS)::deny, token);
    }

    /** The waiting joins end with the server. */
    @Override
    public void close() {
        workers.shutdownNow();
        stubs.shutdownNow();
    }

    /** Says when the wait begins. */
    private final class Announced implements CertificateActivities {
        private final CertificateActivities adapter;

        Announced(CertificateActivities adapter) {
            this.adapter = adapter;
        }

        @Override
        public CertificateDecision decide(CertificateOrder order) {
            waiting.computeIfAbsent(order.token().joinId(), _ -> new CompletableFuture<>())
                    .complete(null);
            return adapter.decide(order);
        }

        @Override
        public CertificateDecision denyOthers(CertificateOrder order) {
            return adapter.denyOthers(order);
        }

        @Override
        public DeniedRequests denyUndecided(TokenRef token) {
            return adapter.denyUndecided(token);
        }

        @Override
        public IssuedCertificates issued(TokenRef token) {
            return adapter.issued(token);
        }
    }
}

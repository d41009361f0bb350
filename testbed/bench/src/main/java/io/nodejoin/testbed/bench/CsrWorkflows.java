package io.nodejoin.testbed.bench;

import io.nodejoin.activities.FailureBoundary;
import io.nodejoin.protocol.JoinId;
import io.nodejoin.workflows.csr.CertificateResult;
import io.nodejoin.workflows.csr.CsrActivities;
import io.nodejoin.workflows.csr.CsrDecisionRequest;
import io.nodejoin.workflows.csr.DeniedCsrs;
import io.nodejoin.workflows.csr.IssuedCertificates;
import io.nodejoin.workflows.csr.JoinCertificates;
import io.nodejoin.workflows.temporal.DataConverters;
import io.nodejoin.workflows.token.TokenRef;
import io.temporal.activity.ActivityOptions;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowClientOptions;
import io.temporal.client.WorkflowOptions;
import io.temporal.serviceclient.WorkflowServiceStubs;
import io.temporal.serviceclient.WorkflowServiceStubsOptions;
import io.temporal.worker.WorkerFactory;
import io.temporal.worker.WorkerFactoryOptions;
import io.temporal.worker.WorkerOptions;
import io.temporal.workflow.Workflow;
import io.temporal.workflow.WorkflowInterface;
import io.temporal.workflow.WorkflowMethod;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

/** Joins that wait for their certificates on a real Temporal server, with a worker as the service has one. */
final class CsrWorkflows implements AutoCloseable {
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

    CsrWorkflows(String target, CsrActivities certificates) {
        this.stubs = WorkflowServiceStubs.newServiceStubs(
                WorkflowServiceStubsOptions.newBuilder().setTarget(target).build());
        this.client = WorkflowClient.newInstance(
                stubs,
                WorkflowClientOptions.newBuilder()
                        .setDataConverter(DataConverters.dataConverter())
                        .build());
        this.workers = WorkerFactory.newInstance(
                client,
                WorkerFactoryOptions.newBuilder()
                        .setUsingVirtualWorkflowThreads(true)
                        .setWorkerInterceptors(new FailureBoundary(InstantSource.system()))
                        .build());
        var worker = workers.newWorker(
                QUEUE,
                WorkerOptions.newBuilder()
                        .setUsingVirtualThreads(true)
                        .setMaxConcurrentActivityExecutionSize(ACTIVITIES)
                        .build());
        worker.registerWorkflowImplementationTypes(DecisionWorkflow.Impl.class, DenialWorkflow.Impl.class);
        worker.registerActivitiesImplementations(new SignallingActivities(certificates));
        workers.start();
    }

    /** Returns once the activity waits for a decision; the future has its result. */
    CompletableFuture<CertificateResult> startDecision(CsrDecisionRequest request) {
        CompletableFuture<Void> begun =
                waiting.computeIfAbsent(request.token().joinId(), _ -> new CompletableFuture<>());
        DecisionWorkflow workflow = client.newWorkflowStub(DecisionWorkflow.class, OPTIONS);
        CompletableFuture<CertificateResult> end = WorkflowClient.execute(workflow::decide, request);
        begun.join();
        return end;
    }

    /** Denies the token's pending CSRs; the future completes afterwards. */
    CompletableFuture<Void> startDenial(TokenRef token) {
        return WorkflowClient.execute(client.newWorkflowStub(DenialWorkflow.class, OPTIONS)::deny, token);
    }

    /** The waiting joins end with the server. */
    @Override
    public void close() {
        workers.shutdownNow();
        stubs.shutdownNow();
    }

    /** Signals when the wait starts. */
    private final class SignallingActivities implements CsrActivities {
        private final CsrActivities adapter;

        SignallingActivities(CsrActivities adapter) {
            this.adapter = adapter;
        }

        @Override
        public CertificateResult decide(CsrDecisionRequest request) {
            waiting.computeIfAbsent(request.token().joinId(), _ -> new CompletableFuture<>())
                    .complete(null);
            return adapter.decide(request);
        }

        @Override
        public CertificateResult denyOthers(CsrDecisionRequest request) {
            return adapter.denyOthers(request);
        }

        @Override
        public DeniedCsrs denyPending(TokenRef token) {
            return adapter.denyPending(token);
        }

        @Override
        public IssuedCertificates listIssuedToJoin(JoinCertificates.OfJoin join) {
            return adapter.listIssuedToJoin(join);
        }

        @Override
        public IssuedCertificates listIssued(TokenRef token) {
            return adapter.listIssued(token);
        }
    }

    /** The step of a join that waits for a certificate, by itself. */
    @WorkflowInterface
    public interface DecisionWorkflow {

        /** Waits for the decision. */
        @WorkflowMethod
        CertificateResult decide(CsrDecisionRequest request);

        /** One activity. */
        final class Impl implements DecisionWorkflow {
            private static final Duration LIMIT = Duration.ofMinutes(15);

            @Override
            public CertificateResult decide(CsrDecisionRequest request) {
                return Workflow.newActivityStub(
                                CsrActivities.class,
                                ActivityOptions.newBuilder()
                                        .setStartToCloseTimeout(LIMIT)
                                        .setHeartbeatTimeout(LIMIT)
                                        .build())
                        .decide(request);
            }
        }
    }

    /**
     * The compensation that denies a token's pending CSRs, as a workflow of its own with the timeouts and retries of a
     * join.
     */
    @WorkflowInterface
    public interface DenialWorkflow {

        /** Returns once the token has no pending CSR. */
        @WorkflowMethod
        void deny(TokenRef token);

        /** One activity, again until it is through. */
        final class Impl implements DenialWorkflow {
            private static final Duration LIMIT = Duration.ofSeconds(20);

            @Override
            public void deny(TokenRef token) {
                Workflow.newActivityStub(
                                CsrActivities.class,
                                ActivityOptions.newBuilder()
                                        .setStartToCloseTimeout(LIMIT)
                                        .build())
                        .denyPending(token);
            }
        }
    }
}

package io.nodejoin.service.worker;

import com.uber.m3.tally.RootScopeBuilder;
import com.uber.m3.tally.Scope;
import io.micrometer.core.instrument.MeterRegistry;
import io.nodejoin.service.config.TemporalConfig;
import io.nodejoin.workflows.lifecycle.JoinSearchAttributes;
import io.nodejoin.workflows.temporal.DataConverters;
import io.temporal.api.enums.v1.IndexedValueType;
import io.temporal.api.operatorservice.v1.AddSearchAttributesRequest;
import io.temporal.api.workflowservice.v1.DescribeNamespaceRequest;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowClientOptions;
import io.temporal.common.converter.DataConverter;
import io.temporal.common.interceptors.WorkflowClientInterceptor;
import io.temporal.common.reporter.MicrometerClientStatsReporter;
import io.temporal.serviceclient.OperatorServiceStubs;
import io.temporal.serviceclient.OperatorServiceStubsOptions;
import io.temporal.serviceclient.RpcRetryOptions;
import io.temporal.serviceclient.WorkflowServiceStubs;
import io.temporal.serviceclient.WorkflowServiceStubsOptions;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Connections to Temporal. They connect on first use, so creating them needs no server.
 *
 * <p>Workers use the SDK's retries. Callers that need to fail fast when Temporal is unavailable (intake, gateway,
 * commands) use {@link #failFastClient()}.
 */
public final class TemporalClients implements AutoCloseable {
    private static final Duration RPC_TIMEOUT = Duration.ofSeconds(3);
    private static final Duration REGISTRATION_TIMEOUT = Duration.ofSeconds(10);

    private final String namespace;
    private final List<WorkflowClientInterceptor> interceptors;
    private final WorkflowServiceStubs workerStubs;
    private final WorkflowServiceStubs failFastStubs;
    private final OperatorServiceStubs operator;
    private final WorkflowClient workerClient;
    /** One for all clients: each learns the types of its data anew. */
    private final DataConverter dataConverter = DataConverters.dataConverter();

    public TemporalClients(TemporalConfig config, MeterRegistry meters) {
        this(config, meters, List.of());
    }

    /** @param interceptors interceptors of the calls of intake and gateway */
    public TemporalClients(TemporalConfig config, MeterRegistry meters, List<WorkflowClientInterceptor> interceptors) {
        this.interceptors = List.copyOf(interceptors);
        this.namespace = config.namespace();
        Scope metrics = new RootScopeBuilder()
                .reporter(new MicrometerClientStatsReporter(meters))
                .reportEvery(com.uber.m3.util.Duration.ofSeconds(10));
        this.workerStubs = WorkflowServiceStubs.newServiceStubs(WorkflowServiceStubsOptions.newBuilder()
                .setTarget(config.target())
                .setMetricsScope(metrics)
                .build());
        this.failFastStubs = WorkflowServiceStubs.newServiceStubs(WorkflowServiceStubsOptions.newBuilder()
                .setTarget(config.target())
                .setSystemInfoTimeout(Duration.ofSeconds(3))
                .setRpcRetryOptions(RpcRetryOptions.newBuilder()
                        .setExpiration(Duration.ofSeconds(3))
                        .build())
                .build());
        this.operator = OperatorServiceStubs.newServiceStubs(OperatorServiceStubsOptions.newBuilder()
                .setTarget(config.target())
                .validateAndBuildWithDefaults());
        this.workerClient = client(workerStubs, this.interceptors);
    }

    /**
     * Returns the client for workers. It starts workflows too: the first task of one that it starts comes with Temporal's
     * answer, for a worker of this process.
     */
    public WorkflowClient workerClient() {
        return workerClient;
    }

    /** Returns the client for callers that need to fail fast. */
    public WorkflowClient failFastClient() {
        return client(failFastStubs, interceptors);
    }

    String namespace() {
        return namespace;
    }

    /**
     * Returns the id of the namespace. A namespace that is recreated under the same name has another id.
     *
     * @throws io.grpc.StatusRuntimeException {@code NOT_FOUND} if there is none, others if the frontend does not
     *     respond
     */
    String namespaceId() {
        return failFastStubs
                .blockingStub()
                .withDeadlineAfter(RPC_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)
                .describeNamespace(DescribeNamespaceRequest.newBuilder()
                        .setNamespace(namespace)
                        .build())
                .getNamespaceInfo()
                .getId();
    }

    /** Registers the search attributes of joins in the namespace. Idempotent: existing ones are not changed. */
    void registerAttributes() {
        AddSearchAttributesRequest.Builder request =
                AddSearchAttributesRequest.newBuilder().setNamespace(namespace);
        JoinSearchAttributes.all()
                .forEach(attribute ->
                        request.putSearchAttributes(attribute.getName(), IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD));
        operator.blockingStub()
                .withDeadlineAfter(REGISTRATION_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)
                .addSearchAttributes(request.build());
    }

    private WorkflowClient client(WorkflowServiceStubs stubs, List<WorkflowClientInterceptor> interceptors) {
        return WorkflowClient.newInstance(
                stubs,
                WorkflowClientOptions.newBuilder()
                        .setNamespace(namespace)
                        .setDataConverter(dataConverter)
                        .setInterceptors(interceptors.toArray(WorkflowClientInterceptor[]::new))
                        .build());
    }

    @Override
    public void close() {
        operator.shutdownNow();
        failFastStubs.shutdownNow();
        workerStubs.shutdownNow();
    }
}

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
 * Connections to Temporal. They connect on first use, so making them needs no server.
 *
 * <p>Workers get the SDK's patient retries. Whoever would rather hear soon that Temporal is away (intake, gateway,
 * commands) uses {@link #failFastClient()}.
 */
public final class TemporalClients implements AutoCloseable {
    private static final Duration RPC_TIMEOUT = Duration.ofSeconds(3);
    private static final Duration REGISTRATION_TIMEOUT = Duration.ofSeconds(10);

    private final String namespace;
    private final List<WorkflowClientInterceptor> interceptors;
    private final WorkflowServiceStubs workerStubs;
    private final WorkflowServiceStubs failFastStubs;
    private final OperatorServiceStubs operator;

    public TemporalClients(TemporalConfig config, MeterRegistry meters) {
        this(config, meters, List.of());
    }

    /** @param interceptors what stands around the calls of those who wait for the answer */
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
    }

    /** For workers. */
    WorkflowClient workerClient() {
        return client(workerStubs, List.of());
    }

    /** For callers that wait for the answer. */
    public WorkflowClient failFastClient() {
        return client(failFastStubs, interceptors);
    }

    String namespace() {
        return namespace;
    }

    /**
     * The id of the namespace: one that is made anew under the same name has another.
     *
     * @throws io.grpc.StatusRuntimeException {@code NOT_FOUND} if there is none, others if the frontend does not answer
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

    /** Registers the search attributes of joins in the namespace. Those that are there already stay as they are. */
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
                        .setDataConverter(DataConverters.dataConverter())
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

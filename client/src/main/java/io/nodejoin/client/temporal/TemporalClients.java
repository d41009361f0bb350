package io.nodejoin.client.temporal;

import com.uber.m3.tally.RootScopeBuilder;
import com.uber.m3.tally.Scope;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.micrometer.core.instrument.MeterRegistry;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.Problem;
import io.nodejoin.visibility.agent.AgentDirectory;
import io.nodejoin.visibility.agent.TemporalAgentDirectory;
import io.nodejoin.visibility.join.JoinDirectory;
import io.nodejoin.visibility.join.TemporalJoinDirectory;
import io.nodejoin.visibility.payload.PayloadDecoder;
import io.nodejoin.visibility.pool.PoolDirectory;
import io.nodejoin.visibility.pool.TemporalPoolDirectory;
import io.nodejoin.workflows.lifecycle.JoinSearchAttributes;
import io.temporal.api.enums.v1.IndexedValueType;
import io.temporal.api.operatorservice.v1.AddSearchAttributesRequest;
import io.temporal.api.workflowservice.v1.CountWorkflowExecutionsRequest;
import io.temporal.api.workflowservice.v1.DescribeNamespaceRequest;
import io.temporal.api.workflowservice.v1.DescribeWorkerDeploymentRequest;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowClientOptions;
import io.temporal.common.SearchAttributeKey;
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
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * Connections to Temporal. They connect on first use, so creating them needs no server.
 *
 * <p>Workers use the SDK's retries. Callers that need to fail fast when Temporal is unavailable (intake, gateway,
 * commands) use {@link #failFastClient()}.
 */
public final class TemporalClients implements AutoCloseable {
    private static final Duration RPC_TIMEOUT = Duration.ofSeconds(3);
    private static final Duration REGISTRATION_TIMEOUT = Duration.ofSeconds(10);
    /** How a server answers whose operator service is for others. */
    private static final Set<Status.Code> REGISTRATION_REFUSED =
            Set.of(Status.Code.PERMISSION_DENIED, Status.Code.UNAUTHENTICATED, Status.Code.UNIMPLEMENTED);

    private final TemporalEndpoint endpoint;
    private final TemporalCredentials credentials;
    private final PayloadProtection payloads;
    private final List<WorkflowClientInterceptor> interceptors;
    private final WorkflowServiceStubs workerStubs;
    private final WorkflowServiceStubs failFastStubs;
    private final OperatorServiceStubs operator;
    private final WorkflowClient workerClient;
    /** One for all clients: each learns the types of its data anew. */
    private final DataConverter dataConverter;

    public TemporalClients(TemporalEndpoint endpoint, MeterRegistry meters) {
        this(endpoint, meters, List.of());
    }

    /** @param interceptors interceptors of the calls of intake and gateway */
    public TemporalClients(
            TemporalEndpoint endpoint, MeterRegistry meters, List<WorkflowClientInterceptor> interceptors) {
        this.interceptors = List.copyOf(interceptors);
        this.endpoint = endpoint;
        this.credentials = new TemporalCredentials(endpoint);
        this.payloads = PayloadProtection.of(endpoint.config().payloads());
        this.dataConverter = payloads.dataConverter();
        Scope metrics = new RootScopeBuilder()
                .reporter(new MicrometerClientStatsReporter(meters))
                .reportEvery(com.uber.m3.util.Duration.ofSeconds(10));
        this.workerStubs = WorkflowServiceStubs.newServiceStubs(credentials
                .applyTo(WorkflowServiceStubsOptions.newBuilder())
                .setMetricsScope(metrics)
                .build());
        this.failFastStubs = WorkflowServiceStubs.newServiceStubs(credentials
                .applyTo(WorkflowServiceStubsOptions.newBuilder())
                .setSystemInfoTimeout(Duration.ofSeconds(3))
                .setRpcRetryOptions(RpcRetryOptions.newBuilder()
                        .setExpiration(Duration.ofSeconds(3))
                        .build())
                .build());
        this.operator = OperatorServiceStubs.newServiceStubs(
                credentials.applyTo(OperatorServiceStubsOptions.newBuilder()).validateAndBuildWithDefaults());
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

    /** Returns what Temporal knows of joins; a failure says what to do. */
    public JoinDirectory directory() {
        return new TemporalJoinDirectory(
                failFastClient(), e -> TemporalFault.describe(e, endpoint).toLine());
    }

    /** Returns what the gateway replicas know of agents. */
    public AgentDirectory agents() {
        return new TemporalAgentDirectory(
                failFastClient(), e -> TemporalFault.describe(e, endpoint).toLine());
    }

    /** Returns what Temporal knows of pools of machines. */
    public PoolDirectory pools() {
        return new TemporalPoolDirectory(
                failFastClient(), e -> TemporalFault.describe(e, endpoint).toLine());
    }

    /** Returns what decrypts payloads for people; empty if nobody is to use it. */
    public Optional<PayloadDecoder> payloadDecoder() {
        return payloads.decoder();
    }

    /** Returns where it connects to. */
    public TemporalEndpoint endpoint() {
        return endpoint;
    }

    /** Returns why the files for the connection cannot be used; empty if they can. Reads them if they have changed. */
    public Optional<Problem> credentialsProblem() {
        return credentials.reload().or(payloads::problem);
    }

    /**
     * Returns the id of the namespace. A namespace that is recreated under the same name has another id.
     *
     * @throws io.grpc.StatusRuntimeException {@code NOT_FOUND} if there is none, others if the frontend does not
     *     respond
     */
    public String namespaceId() {
        return failFastStubs
                .blockingStub()
                .withDeadlineAfter(RPC_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)
                .describeNamespace(DescribeNamespaceRequest.newBuilder()
                        .setNamespace(namespace())
                        .build())
                .getNamespaceInfo()
                .getId();
    }

    /**
     * Registers the search attributes of joins in the namespace. Idempotent: existing ones are not changed. Where this
     * client may not register any, as in Temporal Cloud, they need to be there.
     *
     * @return why joins cannot run without them; empty if they are there
     */
    public Optional<Problem> registerAttributes() {
        AddSearchAttributesRequest.Builder request =
                AddSearchAttributesRequest.newBuilder().setNamespace(namespace());
        JoinSearchAttributes.all()
                .forEach(attribute ->
                        request.putSearchAttributes(attribute.getName(), IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD));
        try {
            operator.blockingStub()
                    .withDeadlineAfter(REGISTRATION_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)
                    .addSearchAttributes(request.build());
            return Optional.empty();
        } catch (StatusRuntimeException e) {
            if (!REGISTRATION_REFUSED.contains(e.getStatus().getCode())) {
                throw e;
            }
            return missingAttributes();
        }
    }

    /** Returns why the search attributes of joins cannot be used; empty if they can. Only reads. */
    public Optional<Problem> missingAttributes() {
        List<String> names = JoinSearchAttributes.all().stream()
                .map(SearchAttributeKey::getName)
                .toList();
        if (isSearchable(names)) {
            return Optional.empty();
        }
        List<String> missing =
                names.stream().filter(name -> !isSearchable(List.of(name))).toList();
        return Optional.of(new Problem(
                ErrorCode.TEMPORAL_NOT_PREPARED,
                "the namespace " + namespace() + " of Temporal at "
                        + endpoint.config().target() + " lacks search attributes; create them: temporal operator"
                        + " search-attribute create --namespace " + namespace()
                        + missing.stream()
                                .map(name -> " --name " + name + " --type Keyword")
                                .collect(Collectors.joining())));
    }

    private boolean isSearchable(List<String> names) {
        try {
            failFastStubs
                    .blockingStub()
                    .withDeadlineAfter(RPC_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)
                    .countWorkflowExecutions(CountWorkflowExecutionsRequest.newBuilder()
                            .setNamespace(namespace())
                            .setQuery(names.stream()
                                    .map(name -> name + " = 'any'")
                                    .collect(Collectors.joining(" AND ")))
                            .build());
            return true;
        } catch (StatusRuntimeException e) {
            if (e.getStatus().getCode() != Status.Code.INVALID_ARGUMENT) {
                throw e;
            }
            return false;
        }
    }

    /** Returns what asks for the current version of the workers; empty if they have none. */
    public Optional<CurrentVersion> currentVersion() {
        return Optional.ofNullable(endpoint.config().deployment())
                .map(deployment -> new CurrentVersion(deployment, endpoint, () -> currentBuildId(deployment.name())));
    }

    private String currentBuildId(String deployment) {
        return failFastStubs
                .blockingStub()
                .withDeadlineAfter(RPC_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)
                .describeWorkerDeployment(DescribeWorkerDeploymentRequest.newBuilder()
                        .setNamespace(namespace())
                        .setDeploymentName(deployment)
                        .build())
                .getWorkerDeploymentInfo()
                .getRoutingConfig()
                .getCurrentDeploymentVersion()
                .getBuildId();
    }

    private String namespace() {
        return endpoint.config().namespace();
    }

    private WorkflowClient client(WorkflowServiceStubs stubs, List<WorkflowClientInterceptor> interceptors) {
        return WorkflowClient.newInstance(
                stubs,
                WorkflowClientOptions.newBuilder()
                        .setNamespace(namespace())
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

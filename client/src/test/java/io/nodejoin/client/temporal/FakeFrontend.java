package io.nodejoin.client.temporal;

import io.grpc.Grpc;
import io.grpc.InsecureServerCredentials;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import io.nodejoin.testbed.config.AddressPlan.Endpoint;
import io.temporal.api.workflowservice.v1.CountWorkflowExecutionsRequest;
import io.temporal.api.workflowservice.v1.CountWorkflowExecutionsResponse;
import io.temporal.api.workflowservice.v1.DescribeNamespaceRequest;
import io.temporal.api.workflowservice.v1.DescribeNamespaceResponse;
import io.temporal.api.workflowservice.v1.DescribeWorkerDeploymentRequest;
import io.temporal.api.workflowservice.v1.DescribeWorkerDeploymentResponse;
import io.temporal.api.workflowservice.v1.GetSystemInfoRequest;
import io.temporal.api.workflowservice.v1.GetSystemInfoResponse;
import io.temporal.api.workflowservice.v1.WorkflowServiceGrpc;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.jspecify.annotations.Nullable;

/** Temporal's frontend in plain text, with one namespace and no operator service; may want an API key. */
final class FakeFrontend extends WorkflowServiceGrpc.WorkflowServiceImplBase implements AutoCloseable {
    static final String NAMESPACE_ID = "0e8a5d1c";

    private static final Metadata.Key<String> AUTHORIZATION =
            Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);

    private final Server server;
    private volatile @Nullable String apiKey;
    private volatile boolean hasAttributes;
    private volatile @Nullable String currentVersion;

    FakeFrontend() {
        try {
            server = Grpc.newServerBuilderForPort(0, InsecureServerCredentials.create())
                    .addService(this)
                    .intercept(new Gatekeeper())
                    .build()
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Endpoint endpoint() {
        return new Endpoint("127.0.0.1", server.getPort());
    }

    void requireApiKey(String key) {
        apiKey = key;
    }

    /** @param buildId of the current version; empty for a deployment without one */
    void setCurrentVersion(String buildId) {
        currentVersion = buildId;
    }

    void addAttributes() {
        hasAttributes = true;
    }

    private final class Gatekeeper implements ServerInterceptor {
        @Override
        public <Q, A> ServerCall.Listener<Q> interceptCall(
                ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
            if (apiKey != null && !("Bearer " + apiKey).equals(headers.get(AUTHORIZATION))) {
                call.close(Status.UNAUTHENTICATED.withDescription("Request unauthorized."), new Metadata());
                return new ServerCall.Listener<>() {};
            }
            return next.startCall(call, headers);
        }
    }

    @Override
    public void getSystemInfo(GetSystemInfoRequest request, StreamObserver<GetSystemInfoResponse> answer) {
        answer.onNext(GetSystemInfoResponse.getDefaultInstance());
        answer.onCompleted();
    }

    @Override
    public void describeNamespace(DescribeNamespaceRequest request, StreamObserver<DescribeNamespaceResponse> answer) {
        DescribeNamespaceResponse.Builder found = DescribeNamespaceResponse.newBuilder();
        found.getNamespaceInfoBuilder().setName(request.getNamespace()).setId(NAMESPACE_ID);
        answer.onNext(found.build());
        answer.onCompleted();
    }

    @Override
    public void countWorkflowExecutions(
            CountWorkflowExecutionsRequest request, StreamObserver<CountWorkflowExecutionsResponse> answer) {
        if (!hasAttributes) {
            answer.onError(Status.INVALID_ARGUMENT
                    .withDescription("NodeJoinCluster is not a valid search attribute")
                    .asRuntimeException());
            return;
        }
        answer.onNext(CountWorkflowExecutionsResponse.getDefaultInstance());
        answer.onCompleted();
    }

    /** Has no deployment until {@link #setCurrentVersion} is called. */
    @Override
    public void describeWorkerDeployment(
            DescribeWorkerDeploymentRequest request, StreamObserver<DescribeWorkerDeploymentResponse> answer) {
        if (currentVersion == null) {
            answer.onError(Status.NOT_FOUND
                    .withDescription("Worker Deployment not found")
                    .asRuntimeException());
            return;
        }
        DescribeWorkerDeploymentResponse.Builder found = DescribeWorkerDeploymentResponse.newBuilder();
        if (!currentVersion.isEmpty()) {
            found.getWorkerDeploymentInfoBuilder()
                    .getRoutingConfigBuilder()
                    .getCurrentDeploymentVersionBuilder()
                    .setDeploymentName(request.getDeploymentName())
                    .setBuildId(currentVersion);
        }
        answer.onNext(found.build());
        answer.onCompleted();
    }

    @Override
    public void close() {
        server.shutdownNow();
    }
}

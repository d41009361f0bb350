package io.nodejoin.cli;

import io.grpc.Grpc;
import io.grpc.InsecureServerCredentials;
import io.grpc.Server;
import io.grpc.stub.StreamObserver;
import io.nodejoin.workflows.lifecycle.JoinSearchAttributes;
import io.nodejoin.workflows.temporal.DataConverters;
import io.temporal.api.common.v1.Payload;
import io.temporal.api.workflow.v1.WorkflowExecutionInfo;
import io.temporal.api.workflowservice.v1.GetSystemInfoRequest;
import io.temporal.api.workflowservice.v1.GetSystemInfoResponse;
import io.temporal.api.workflowservice.v1.ListWorkflowExecutionsRequest;
import io.temporal.api.workflowservice.v1.ListWorkflowExecutionsResponse;
import io.temporal.api.workflowservice.v1.WorkflowServiceGrpc;
import io.temporal.common.SearchAttributeKey;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import picocli.CommandLine;

/**
 * Runs what most commands run, so that the JVM can record their classes for a fast start (the class-data archive that the launcher
 * makes). It speaks to a server of its own that knows one join.
 */
final class StartTraining {
    private static final List<List<String>> LINES = List.of(
            List.of("--help"),
            List.of("list"),
            List.of("list", "-o", "json"),
            List.of("list", "-o", "yaml"),
            List.of("status", "training/node"),
            List.of("describe", "training/node"),
            List.of("events", "--help"),
            List.of("lits"));

    private StartTraining() {}

    public static void main(String[] arguments) throws IOException {
        Server temporal = Grpc.newServerBuilderForPort(0, InsecureServerCredentials.create())
                .addService(new OneJoin())
                .build()
                .start();
        PrintStream nowhere = new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);
        CommandLine nodejoin = Main.commandLine(
                new Terminal(nowhere, nowhere, true),
                Map.of("TEMPORAL_ADDRESS", "127.0.0.1:" + temporal.getPort()),
                Clock.systemUTC());
        LINES.forEach(line -> nodejoin.execute(line.toArray(String[]::new)));
        temporal.shutdownNow();
        // The clients' threads would go on, as they would after each command.
        System.exit(ExitCodes.OK);
    }

    /** Temporal's frontend with one join. */
    private static final class OneJoin extends WorkflowServiceGrpc.WorkflowServiceImplBase {
        @Override
        public void getSystemInfo(GetSystemInfoRequest request, StreamObserver<GetSystemInfoResponse> answer) {
            answer.onNext(GetSystemInfoResponse.getDefaultInstance());
            answer.onCompleted();
        }

        @Override
        public void listWorkflowExecutions(
                ListWorkflowExecutionsRequest request, StreamObserver<ListWorkflowExecutionsResponse> answer) {
            WorkflowExecutionInfo.Builder join = WorkflowExecutionInfo.newBuilder();
            join.getTypeBuilder().setName("NodeJoinWorkflow");
            put(join, JoinSearchAttributes.CLUSTER, "training");
            put(join, JoinSearchAttributes.NODE, "node");
            put(join, JoinSearchAttributes.PHASE, "Joined");
            answer.onNext(ListWorkflowExecutionsResponse.newBuilder()
                    .addExecutions(join)
                    .build());
            answer.onCompleted();
        }

        private static void put(WorkflowExecutionInfo.Builder join, SearchAttributeKey<String> key, String value) {
            Payload payload = DataConverters.dataConverter().toPayload(value).orElseThrow();
            join.getSearchAttributesBuilder().putIndexedFields(key.getName(), payload);
        }
    }
}

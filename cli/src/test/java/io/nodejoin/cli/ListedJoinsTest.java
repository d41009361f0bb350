package io.nodejoin.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Grpc;
import io.grpc.InsecureServerCredentials;
import io.grpc.Server;
import io.grpc.stub.StreamObserver;
import io.temporal.api.workflow.v1.WorkflowExecutionInfo;
import io.temporal.api.workflowservice.v1.GetSystemInfoRequest;
import io.temporal.api.workflowservice.v1.GetSystemInfoResponse;
import io.temporal.api.workflowservice.v1.ListWorkflowExecutionsRequest;
import io.temporal.api.workflowservice.v1.ListWorkflowExecutionsResponse;
import io.temporal.api.workflowservice.v1.WorkflowServiceGrpc;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ListedJoinsTest {
    private static final Instant STARTED = Instant.parse("2026-11-25T10:15:30.123456Z");

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final PrintStream stream = new PrintStream(out, true, StandardCharsets.UTF_8);
    private final Visibility visibility = new Visibility();
    private Server temporal;

    /** Knows one join, whatever it is asked for. */
    private static final class Visibility extends WorkflowServiceGrpc.WorkflowServiceImplBase {
        private final List<String> queries = new CopyOnWriteArrayList<>();

        @Override
        public void getSystemInfo(GetSystemInfoRequest request, StreamObserver<GetSystemInfoResponse> answer) {
            answer.onNext(GetSystemInfoResponse.getDefaultInstance());
            answer.onCompleted();
        }

        @Override
        public void listWorkflowExecutions(
                ListWorkflowExecutionsRequest request, StreamObserver<ListWorkflowExecutionsResponse> answer) {
            queries.add(request.getQuery());
            WorkflowExecutionInfo.Builder join = WorkflowExecutionInfo.newBuilder();
            join.getStartTimeBuilder().setSeconds(STARTED.getEpochSecond()).setNanos(STARTED.getNano());
            answer.onNext(ListWorkflowExecutionsResponse.newBuilder()
                    .addExecutions(join)
                    .build());
            answer.onCompleted();
        }
    }

    @BeforeEach
    void start() throws IOException {
        temporal = Grpc.newServerBuilderForPort(0, InsecureServerCredentials.create())
                .addService(visibility)
                .build()
                .start();
    }

    @AfterEach
    void stop() {
        temporal.shutdownNow();
    }

    @Test
    void shouldListTheJoinsOfAllClustersIfNoneIsNamed() {
        // when
        list(Map.of());

        // then
        assertThat(visibility.queries).containsExactly("WorkflowType = 'NodeJoinWorkflow'");
    }

    @Test
    void shouldListTheJoinsOfTheClusterOfTheEnvironment() {
        // when
        list(Map.of("NODEJOIN_CLUSTER", "fra-1"));

        // then
        assertThat(visibility.queries)
                .containsExactly("WorkflowType = 'NodeJoinWorkflow' AND NodeJoinCluster = 'fra-1'");
    }

    @Test
    void shouldListTheJoinsOfTheClusterThatTheCommandLineNames() {
        // when
        list(Map.of("NODEJOIN_CLUSTER", "fra-1"), "--cluster", "ber-2");

        // then
        assertThat(visibility.queries)
                .containsExactly("WorkflowType = 'NodeJoinWorkflow' AND NodeJoinCluster = 'ber-2'");
    }

    @Test
    void shouldTellPeopleTheStartToTheSecond() {
        // when
        list(Map.of());

        // then
        assertThat(out.toString(StandardCharsets.UTF_8)).endsWith(" 2026-11-25T10:15:30Z\n");
    }

    @Test
    void shouldTellProgramsTheStartToTheSecond() {
        // when
        list(Map.of(), "--output", "json");

        // then
        assertThat(out.toString(StandardCharsets.UTF_8)).contains("\"started\":\"2026-11-25T10:15:30Z\"");
    }

    private void list(Map<String, String> environment, String... options) {
        Map<String, String> all = new HashMap<>(environment);
        all.put("TEMPORAL_ADDRESS", "127.0.0.1:" + temporal.getPort());
        int exit = Main.commandLine(new Terminal(stream, stream, false), all, Clock.systemUTC())
                .execute(
                        Stream.concat(Stream.of("list"), Arrays.stream(options)).toArray(String[]::new));
        assertThat(exit).as(out.toString(StandardCharsets.UTF_8)).isEqualTo(ExitCodes.OK);
    }
}

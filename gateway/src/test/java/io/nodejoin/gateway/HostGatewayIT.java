package io.nodejoin.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.nodejoin.activities.TestPki;
import io.nodejoin.gateway.agentca.AgentIdentity;
import io.nodejoin.gateway.http.StrictJson;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.Problem;
import io.nodejoin.protocol.Sha256;
import io.nodejoin.protocol.agent.Assignment;
import io.nodejoin.protocol.agent.CommandMilestone;
import io.nodejoin.protocol.agent.EnrollmentRequest;
import io.nodejoin.protocol.agent.EnrollmentResponse;
import io.nodejoin.protocol.agent.HostLogLine;
import io.nodejoin.protocol.agent.HostLogReport;
import io.nodejoin.protocol.agent.HostResult;
import io.nodejoin.workflows.gateway.ConnectedAgent;
import io.nodejoin.workflows.gateway.GatewayWorkflow;
import io.nodejoin.workflows.gateway.HostLogQuery;
import io.nodejoin.workflows.hostcommand.AgentConnection;
import io.nodejoin.workflows.hostcommand.HostActivities;
import io.nodejoin.workflows.hostcommand.MilestoneReport;
import io.nodejoin.workflows.temporal.DataConverters;
import io.temporal.activity.ActivityOptions;
import io.temporal.client.WorkflowClientOptions;
import io.temporal.testing.TestActivityEnvironment;
import io.temporal.testing.TestEnvironmentOptions;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class HostGatewayIT {
    private static final String NEXT = "/v1/assignments/next";
    private static final StrictJson JSON = new StrictJson();

    private RunningGateway running;
    private TestActivityEnvironment environment;
    private HostActivities activities;
    private AgentIdentity node = Samples.WORKER_A;
    private final ExecutorService orders = Executors.newVirtualThreadPerTaskExecutor();
    private int tests;

    @BeforeAll
    void start() throws IOException {
        running = new RunningGateway();
        environment = TestActivityEnvironment.newInstance(TestEnvironmentOptions.newBuilder()
                .setWorkflowClientOptions(WorkflowClientOptions.newBuilder()
                        .setDataConverter(DataConverters.dataConverter())
                        .build())
                .build());
        environment.registerActivitiesImplementations(running.gateway.activities());
        activities = environment.newActivityStub(
                HostActivities.class,
                ActivityOptions.newBuilder()
                        .setStartToCloseTimeout(Duration.ofSeconds(60))
                        .build());
    }

    @AfterAll
    void stop() {
        environment.close();
        running.close();
        orders.shutdownNow();
    }

    @BeforeEach
    void takeAnotherNode() {
        tests++;
        node = Samples.agent("node-" + tests);
    }

    @Test
    void shouldDeliverAssignmentAndReturnItsResult() throws Exception {
        try (AgentClient agent = running.agent(node)) {
            // given
            CompletableFuture<HttpResponse<String>> poll = agent.postAsync(NEXT, Samples.poll(UUID.randomUUID()));
            CompletableFuture<HostResult> activity = order("deliver-1");
            // when
            HttpResponse<String> delivered = poll.get();
            HttpResponse<String> acknowledged =
                    agent.post(path("deliver-1", "progress"), progress(CommandMilestone.StepCompleted));
            HttpResponse<String> ended = agent.post(path("deliver-1", "result"), json(Samples.reset()));
            // then
            assertThat(delivered.statusCode()).isEqualTo(200);
            assertThat(read(delivered, Assignment.class).id()).isEqualTo(Samples.id(node, "deliver-1"));
            assertThat(acknowledged.statusCode()).isEqualTo(204);
            assertThat(ended.statusCode()).isEqualTo(204);
            assertThat(activity).succeedsWithin(Duration.ofSeconds(10)).isEqualTo(Samples.reset());
        }
    }

    @Test
    void shouldDeliverTheFirstCommandWithTheCertificate() throws Exception {
        // given
        KeyPair keys = TestPki.keyPair();
        UUID instance = UUID.randomUUID();
        running.workflows.start(node, Sha256.hex("one-time"));
        CompletableFuture<HostResult> activity = order("first");
        String request = json(new EnrollmentRequest(
                node.node().cluster(), node.node().name(), "one-time", TestPki.base64(keys), null, null));
        try (AgentClient stranger = running.stranger()) {
            // when
            EnrollmentResponse answer =
                    read(stranger.post("/v1/enrollments", request, instance), EnrollmentResponse.class);
            // then
            assertThat(answer)
                    .isInstanceOfSatisfying(
                            EnrollmentResponse.Enrolled.class,
                            enrolled -> assertThat(enrolled.assignment())
                                    .isNotNull()
                                    .extracting(Assignment::id)
                                    .isEqualTo(Samples.id(node, "first")));
            try (AgentClient agent = running.agent(keys, ((EnrollmentResponse.Enrolled) answer).certificateChain())) {
                agent.post(path("first", "result"), json(Samples.reset()), instance);
            }
        }
        assertThat(activity).succeedsWithin(Duration.ofSeconds(10)).isEqualTo(Samples.reset());
        assertThat(running.workflows.enrolled)
                .extracting(AgentConnection::agentInstance)
                .contains(instance);
        assertThat(running.workflows.connections)
                .extracting(AgentConnection::agentInstance)
                .doesNotContain(instance);
    }

    @Test
    void shouldAnswerPollWithoutAssignmentWithNoContent() throws Exception {
        try (AgentClient agent = running.agent(node)) {
            // given no assignment
            // when
            HttpResponse<String> answer = agent.post(NEXT, Samples.poll(UUID.randomUUID()));
            // then
            assertThat(answer.statusCode()).isEqualTo(204);
        }
    }

    @Test
    void shouldDeliverOnReconnectWhenTheAgentVanishedInMidPoll() throws Exception {
        // given
        CompletableFuture<HostResult> activity;
        try (AgentClient dying = running.agent(node)) {
            CompletableFuture<HttpResponse<String>> lost = dying.postAsync(NEXT, Samples.poll(UUID.randomUUID()));
            awaitConnected();
            lost.cancel(true);
        }
        activity = order("vanish-1");
        try (AgentClient restarted = running.agent(node)) {
            // when
            HttpResponse<String> delivered = restarted.post(NEXT, Samples.poll(UUID.randomUUID()));
            // then
            assertThat(read(delivered, Assignment.class).id()).isEqualTo(Samples.id(node, "vanish-1"));
            assertThat(restarted
                            .post(path("vanish-1", "result"), json(Samples.reset()))
                            .statusCode())
                    .isEqualTo(204);
            assertThat(activity).succeedsWithin(Duration.ofSeconds(10));
        }
    }

    @Test
    void shouldRefuseAndRecordSecondLiveAgentOfOneIdentity() throws Exception {
        try (RunningGateway copied = new RunningGateway();
                AgentClient first = copied.agent(node);
                AgentClient clone = copied.agent(node)) {
            // given
            UUID instance = UUID.randomUUID();
            UUID second = UUID.randomUUID();
            CompletableFuture<HttpResponse<String>> holder = first.postAsync(NEXT, Samples.poll(instance))
                    .thenCompose(_ -> first.postAsync(NEXT, Samples.poll(instance)));
            awaitConnected(copied);
            // when
            HttpResponse<String> refused = clone.post(NEXT, Samples.poll(second));
            // then
            assertThat(refused.statusCode()).isEqualTo(409);
            assertThat(read(refused, Problem.class).code()).isEqualTo(ErrorCode.AGENT_DUPLICATE_SESSION);
            assertThat(copied.audit.entries("agent.session.duplicate"))
                    .singleElement()
                    .satisfies(entry -> assertThat(entry.results())
                            .containsEntry("instance", second.toString())
                            .containsEntry("address", "127.0.0.1"));
            assertThat(holder).succeedsWithin(Duration.ofSeconds(10));
        }
    }

    @Test
    void shouldPassOnTheLogOfAHostWhileSomebodyReadsIt() throws Exception {
        try (AgentClient agent = running.agent(node)) {
            // given
            UUID instance = UUID.randomUUID();
            GatewayWorkflow queries = running.gateway.queries();
            HostLogQuery query = new HostLogQuery(node.node(), node.join(), null, 0);
            CompletableFuture<HttpResponse<String>> poll = agent.postAsync(NEXT, Samples.poll(instance));
            await().until(() -> queries.hostLog(query).connected());
            // when
            HttpResponse<String> asked = poll.get();
            HttpResponse<String> sent = agent.post(
                    "/v1/log",
                    json(new HostLogReport(
                            List.of(new HostLogLine(7, Instant.EPOCH, "kubelet.service", "not ready \u001b[31m")))),
                    instance);
            // then
            assertThat(asked.statusCode()).isEqualTo(204);
            assertThat(asked.headers().firstValue(HostLogReport.REQUEST_HEADER)).contains("15");
            assertThat(sent.statusCode()).isEqualTo(204);
            assertThat(queries.hostLog(query).lines())
                    .containsExactly(new HostLogLine(7, Instant.EPOCH, "kubelet.service", "not ready \uFFFD[31m"));
            assertThat(queries.agents().connected())
                    .extracting(ConnectedAgent::node)
                    .contains(node.node());
        }
    }

    @Test
    void shouldTellTheJoinWhereItsAgentIs() throws Exception {
        try (AgentClient agent = running.agent(node)) {
            // given
            UUID instance = UUID.randomUUID();
            running.workflows.start(node, "");
            // when
            CompletableFuture<HttpResponse<String>> poll = agent.postAsync(NEXT, Samples.poll(instance));
            // then
            await().untilAsserted(() -> assertThat(running.workflows.connections)
                    .filteredOn(connection -> connection.agentInstance().equals(instance))
                    .singleElement()
                    .satisfies(connection -> assertThat(connection.taskQueue()).isEqualTo("nodejoin-gateway-test")));
            assertThat(poll).succeedsWithin(Duration.ofSeconds(30));
        }
    }

    @Test
    void shouldTellTheJoinAgainOnceAResultHasComeThatNobodyWaitsForHere() throws Exception {
        try (AgentClient agent = running.agent(node)) {
            // given
            UUID instance = UUID.randomUUID();
            running.workflows.start(node, "");
            CompletableFuture<HttpResponse<String>> poll = agent.postAsync(NEXT, Samples.poll(instance));
            awaitTold(instance, 1);
            // when
            agent.post(path("elsewhere-1", "result"), json(Samples.reset()));
            // then
            awaitTold(instance, 2);
            assertThat(poll).succeedsWithin(Duration.ofSeconds(30));
        }
    }

    private void awaitTold(UUID instance, int times) {
        await().untilAsserted(() -> assertThat(running.workflows.connections)
                .filteredOn(connection -> connection.agentInstance().equals(instance))
                .hasSize(times));
    }

    @Test
    void shouldSendTheAgentOfAnEarlierJoinToEnrollAnew() throws Exception {
        try (AgentClient agent = running.agent(node)) {
            // given
            UUID instance = UUID.randomUUID();
            CompletableFuture<HttpResponse<String>> parked = agent.postAsync(NEXT, Samples.poll(instance));
            awaitConnected();
            running.workflows.start(Samples.agent(node.node().name().value(), "2"), "");
            // when
            running.gateway.joinStarted(node.node().cluster(), node.node().name());
            // then
            assertThat(parked)
                    .succeedsWithin(Duration.ofSeconds(30))
                    .extracting(HttpResponse::statusCode)
                    .isEqualTo(401);
            assertThat(running.workflows.connections)
                    .extracting(AgentConnection::agentInstance)
                    .doesNotContain(instance);
        }
    }

    @Test
    void shouldKeepTheCommandsOfAJoinFromTheAgentOfAnEarlierOne() throws Exception {
        AgentIdentity earlier = Samples.agent(node.node().name().value(), "0");
        try (AgentClient thief = running.agent(earlier);
                AgentClient agent = running.agent(node)) {
            // given
            CompletableFuture<HttpResponse<String>> stale = thief.postAsync(NEXT, Samples.poll(UUID.randomUUID()));
            CompletableFuture<HostResult> activity = order("keep-1");
            // when
            HttpResponse<String> delivered = agent.post(NEXT, Samples.poll(UUID.randomUUID()));
            agent.post(path("keep-1", "result"), json(Samples.reset()));
            // then
            assertThat(read(delivered, Assignment.class).joinId()).isEqualTo(node.join());
            assertThat(activity).succeedsWithin(Duration.ofSeconds(30));
            assertThat(stale)
                    .succeedsWithin(Duration.ofSeconds(30))
                    .extracting(HttpResponse::statusCode)
                    .isEqualTo(204);
        }
    }

    @Test
    void shouldTellTheJoinOfMarksOnceAndNotOfSteps() throws Exception {
        try (AgentClient agent = running.agent(node)) {
            // given
            running.workflows.start(node, "");
            agent.post(path("mark-1", "progress"), progress(CommandMilestone.StepCompleted));
            agent.post(path("mark-1", "progress"), progress(CommandMilestone.KubeletActive));
            // when
            agent.post(path("mark-1", "progress"), progress(CommandMilestone.KubeletActive));
            // then
            assertThat(running.workflows.reports)
                    .filteredOn(report -> Samples.id(node, "mark-1").equals(report.assignmentId()))
                    .containsExactly(new MilestoneReport(
                            Samples.id(node, "mark-1"), CommandMilestone.KubeletActive, Samples.NOON));
        }
    }

    @Test
    void shouldAskForMarksLaterOnceThereAreTooMany() throws Exception {
        try (AgentClient agent = running.agent(node)) {
            // given
            running.workflows.start(node, "");
            for (int mark = 1; mark <= 64; mark++) {
                agent.post(path("many-" + mark, "progress"), progress(CommandMilestone.KubeletActive));
            }
            // when
            HttpResponse<String> answer =
                    agent.post(path("many-65", "progress"), progress(CommandMilestone.KubeletActive));
            // then
            assertThat(answer.statusCode()).isEqualTo(429);
            assertThat(answer.body()).contains("RATE_LIMITED");
        }
    }

    @Test
    void shouldTellTheJoinOfSoManyInventedEndsAndAskForOthersLater() throws Exception {
        try (AgentClient agent = running.agent(node)) {
            // given
            running.workflows.start(node, "");
            agent.post(NEXT, Samples.poll(UUID.randomUUID()));
            for (int end = 1; end <= 64; end++) {
                agent.post(path("invented-" + end, "result"), json(Samples.reset()));
            }
            // when
            HttpResponse<String> answer = agent.post(path("invented-65", "result"), json(Samples.reset()));
            // then
            assertThat(answer.statusCode()).isEqualTo(429);
        }
    }

    @Test
    void shouldTakeTheEndOfACommandHoweverManyWereInvented() throws Exception {
        try (AgentClient agent = running.agent(node)) {
            // given
            CompletableFuture<HttpResponse<String>> poll = agent.postAsync(NEXT, Samples.poll(UUID.randomUUID()));
            CompletableFuture<HostResult> activity = order("asked-1");
            poll.get();
            for (int end = 1; end <= 100; end++) {
                agent.post(path("invented-" + end, "result"), json(Samples.reset()));
            }
            // when
            HttpResponse<String> answer = agent.post(path("asked-1", "result"), json(Samples.reset()));
            // then
            assertThat(answer.statusCode()).isEqualTo(204);
            assertThat(activity).succeedsWithin(Duration.ofSeconds(10));
        }
    }

    @Test
    void shouldAnswerARequestThatOverflowsTheStack() throws Exception {
        try (AgentClient agent = running.agent(node)) {
            // given
            running.workflows.start(node, "");
            running.workflows.whileLooking(() -> {
                throw new StackOverflowError();
            });
            // when
            HttpResponse<String> answer =
                    agent.post(path("deep-1", "progress"), progress(CommandMilestone.KubeletActive));
            // then
            assertThat(answer.statusCode()).isEqualTo(500);
        }
    }

    @Test
    void shouldDenyRequestForAnotherNodesAssignment() throws Exception {
        AgentIdentity other = Samples.agent("other-" + tests);
        try (AgentClient agent = running.agent(node);
                AgentClient thief = running.agent(other)) {
            // given
            CompletableFuture<HttpResponse<String>> poll = agent.postAsync(NEXT, Samples.poll(UUID.randomUUID()));
            CompletableFuture<HostResult> activity = order("mine-1");
            poll.get();
            // when
            HttpResponse<String> progress =
                    thief.post(path("mine-1", "progress"), progress(CommandMilestone.StepCompleted));
            HttpResponse<String> result = thief.post(path("mine-1", "result"), json(Samples.reset()));
            // then
            assertThat(progress.statusCode()).isEqualTo(403);
            assertThat(result.statusCode()).isEqualTo(403);
            assertThat(read(result, Problem.class).code()).isEqualTo(ErrorCode.AGENT_IDENTITY_MISMATCH);
            assertThat(activity).isNotDone();
            agent.post(path("mine-1", "result"), json(Samples.reset()));
            assertThat(activity).succeedsWithin(Duration.ofSeconds(10));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {NEXT, "/v1/assignments/a-1/progress", "/v1/assignments/a-1/result"})
    void shouldDemandClientCertificate(String path) throws Exception {
        try (AgentClient stranger = running.stranger()) {
            // given no certificate
            // when
            HttpResponse<String> refused = stranger.post(path, "{}");
            // then
            assertThat(refused.statusCode()).isEqualTo(401);
            assertThat(read(refused, Problem.class).detail()).isEqualTo("the agent is not recognised here");
        }
    }

    @Test
    void shouldRefuseExpiredCertificate() {
        try (AgentClient expired = running.agentWithExpiredCertificate(node)) {
            // given an expired certificate when then
            assertThatThrownBy(() -> expired.post(NEXT, Samples.poll(UUID.randomUUID())))
                    .isInstanceOf(IOException.class);
        }
    }

    @Test
    void shouldRefuseCertificateOfAnotherCa() throws Exception {
        try (AgentClient foreign = running.agentOfOtherCa(node)) {
            // given a certificate of another CA when then
            assertThatThrownBy(() -> foreign.post(NEXT, Samples.poll(UUID.randomUUID())))
                    .isInstanceOf(IOException.class);
        }
    }

    @Test
    void shouldRefuseTls12() {
        try (AgentClient old = running.stranger("TLSv1.2")) {
            // given a client without TLS 1.3 when then
            assertThatThrownBy(() -> old.post("/v1/enrollments", "{}")).isInstanceOf(IOException.class);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "null",
                "[]",
                "{\"instance\":\"00000000-0000-0000-0000-000000000001\"}",
                "{\"instance\":null,\"version\":\"1\"}",
                "{\"instance\":\"00000000-0000-0000-0000-000000000001\",\"version\":\"1\",\"exec\":\"id\"}",
                "{\"instance\":\"00000000-0000-0000-0000-000000000001\",\"version\":\"1\",\"version\":\"2\"}",
                "{\"instance\":\"00000000-0000-0000-0000-000000000001\",\"version\":\"1\"} {}",
            })
    void shouldRefuseMessageOutsideTheContract(String body) throws Exception {
        try (AgentClient agent = running.agent(node)) {
            // given body when
            HttpResponse<String> refused = agent.post(NEXT, body);
            // then
            assertThat(refused.statusCode()).isEqualTo(400);
            assertThat(read(refused, Problem.class).code()).isEqualTo(ErrorCode.COMMAND_UNKNOWN);
            assertThat(refused.headers().firstValue("Connection")).contains("close");
        }
    }

    @Test
    void shouldRefuseDeeplyNestedMessage() throws Exception {
        try (AgentClient agent = running.agent(node)) {
            // given
            String deep = "{\"result\":" + "[".repeat(100_000) + "]".repeat(100_000) + "}";
            // when
            HttpResponse<String> refused = agent.post(path("deep-1", "result"), deep);
            // then
            assertThat(refused.statusCode()).isEqualTo(400);
        }
    }

    @Test
    void shouldRefuseOversizeBody() throws Exception {
        try (AgentClient agent = running.agent(node)) {
            // given
            String large = "\"" + "x".repeat(StrictJson.MAX_BODY) + "\"";
            // when
            HttpResponse<String> refused = agent.post(path("large-1", "result"), large);
            // then
            assertThat(refused.statusCode()).isEqualTo(413);
        }
    }

    @Test
    void shouldServeNothingButPostOnKnownRoutes() throws Exception {
        try (AgentClient agent = running.agent(node)) {
            // given known and unknown paths
            // when
            HttpResponse<String> wrongMethod = agent.send("GET", NEXT);
            HttpResponse<String> unknown = agent.post("/v1/assignments/a-1/exec", "{}");
            // then
            assertThat(wrongMethod.statusCode()).isEqualTo(405);
            assertThat(wrongMethod.headers().firstValue("Allow")).contains("POST");
            assertThat(unknown.statusCode()).isEqualTo(404);
        }
    }

    @Test
    void shouldServeEveryDocumentedRoute() throws Exception {
        try (AgentClient agent = running.agent(node);
                InputStream document =
                        Assignment.class.getResourceAsStream("/io/nodejoin/protocol/agent-api.openapi.yaml")) {
            // given
            Map<String, Integer> statuses = new TreeMap<>();
            List<String> paths = new ArrayList<>();
            new YAMLMapper().readTree(document).path("paths").fieldNames().forEachRemaining(paths::add);
            // when
            for (String path : paths) {
                statuses.put(path, agent.post(path.replace("{id}", "a-1"), "{}").statusCode());
            }
            // then
            assertThat(statuses)
                    .hasSize(9)
                    .allSatisfy((_, status) -> assertThat(status).isEqualTo(400));
        }
    }

    @Test
    void shouldAnswerParkedPollsWhenItStops() throws Exception {
        try (RunningGateway stopping = new RunningGateway();
                AgentClient agent = stopping.agent(node)) {
            // given
            CompletableFuture<HttpResponse<String>> parked = agent.postAsync(NEXT, Samples.poll(UUID.randomUUID()));
            await().untilAsserted(() -> assertThat(stopping.registry
                            .get("nodejoin_gateway_agents_connected")
                            .gauge()
                            .value())
                    .isEqualTo(1));
            // when
            stopping.gateway.stop();
            // then
            assertThat(parked)
                    .succeedsWithin(Duration.ofSeconds(5))
                    .extracting(HttpResponse::statusCode)
                    .isEqualTo(204);
        }
    }

    private void awaitConnected() {
        awaitConnected(running);
    }

    private void awaitConnected(RunningGateway at) {
        await().pollInterval(Duration.ofMillis(20))
                .untilAsserted(() -> assertThat(at.gateway.isConnected(
                                node.node().cluster(), node.node().name()))
                        .isTrue());
    }

    private CompletableFuture<HostResult> order(String id) {
        return CompletableFuture.supplyAsync(() -> activities.resetHost(Samples.order(node, id)), orders);
    }

    private String path(String assignment, String act) {
        return "/v1/assignments/" + Samples.id(node, assignment) + "/" + act;
    }

    private static String progress(CommandMilestone mark) {
        return json(Samples.progress(mark, "kubelet"));
    }

    private static String json(Object value) {
        return new String(JSON.write(value), StandardCharsets.UTF_8);
    }

    private static <T> T read(HttpResponse<String> response, Class<T> type) {
        return JSON.read(response.body().getBytes(StandardCharsets.UTF_8), type).orElseThrow();
    }
}

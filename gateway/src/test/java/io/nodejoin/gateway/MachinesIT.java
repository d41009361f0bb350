package io.nodejoin.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.nodejoin.activities.TestPki;
import io.nodejoin.gateway.agentca.AgentIdentity;
import io.nodejoin.gateway.http.StrictJson;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.Problem;
import io.nodejoin.protocol.Sha256;
import io.nodejoin.protocol.agent.EnrollmentRequest;
import io.nodejoin.protocol.agent.EnrollmentResponse;
import io.nodejoin.protocol.agent.PoolAssignment;
import io.nodejoin.workflows.pool.MachineSighting;
import io.nodejoin.workflows.pool.MachineState;
import io.nodejoin.workflows.pool.SightingAnswer;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MachinesIT {
    private static final String PATH = "/v1/machines";
    private static final String SECRET = "canary-6f9d2c";
    private static final String DIGEST = Sha256.hex(SECRET);
    private static final AgentIdentity NODE = Samples.WORKER_A;
    private static final SightingAnswer FREE = new SightingAnswer(MachineState.FREE, null);
    private static final StrictJson JSON = new StrictJson();

    private RunningGateway running;
    private AgentClient agent;

    @BeforeEach
    void start() throws IOException {
        running = new RunningGateway();
        agent = running.stranger();
    }

    @AfterEach
    void stop() {
        agent.close();
        running.close();
    }

    @Test
    void shouldAnswerAMachineThatNoJoinTakesAsOneThatWasNeverOffered() throws Exception {
        // given
        running.pools.answers.put(DIGEST, FREE);
        // when
        CompletableFuture<HttpResponse<String>> offered = agent.postAsync(PATH, announcement(SECRET));
        CompletableFuture<HttpResponse<String>> unknown = agent.postAsync(PATH, announcement("never offered"));
        // then
        assertThat(offered.get().statusCode()).isEqualTo(202);
        assertThat(unknown.get().statusCode()).isEqualTo(202);
        assertThat(unknown.get().body()).isEqualTo(offered.get().body());
        assertThat(read(offered.get(), EnrollmentResponse.class)).isInstanceOf(EnrollmentResponse.Pending.class);
    }

    @Test
    void shouldForwardOnlyTheDigestOfTheSecret() throws Exception {
        // given
        running.pools.answers.put(
                DIGEST, new SightingAnswer(MachineState.BOUND, NODE.node().name()));
        // when
        HttpResponse<String> answer = agent.post(PATH, announcement(SECRET));
        // then
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(read(answer, PoolAssignment.class))
                .isEqualTo(new PoolAssignment(NODE.node().name()));
        assertThat(running.pools.sightings)
                .containsExactly(
                        new MachineSighting(DIGEST, Samples.announcement(SECRET).facts()));
    }

    @Test
    void shouldTellAWaitingMachineItsNodeWhenTheJoinStartsAndEnrollIt() throws Exception {
        // given
        running.pools.answers.put(DIGEST, FREE);
        CompletableFuture<HttpResponse<String>> held = agent.postAsync(PATH, announcement(SECRET));
        await().untilAsserted(() -> assertThat(waiting()).isEqualTo(1));
        // when
        running.workflows.start(NODE, DIGEST);
        HttpResponse<String> told = held.get();
        HttpResponse<String> enrolled = agent.post("/v1/enrollments", enrollment());
        // then
        assertThat(told.statusCode()).isEqualTo(200);
        assertThat(read(told, PoolAssignment.class))
                .isEqualTo(new PoolAssignment(NODE.node().name()));
        assertThat(waiting()).isZero();
        assertThat(enrolled.statusCode()).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"cpus\":16|\"cpus\":0",
                "\"cpus\":16|\"cpus\":\"many\"",
                "\"memoryBytes\":68719476736|\"memoryBytes\":null",
                "10.0.3.12|worker.example",
                "\"amd64\"|\"<b>\"",
                "\"batch\"|\"../batch\"",
                "{\"cluster\"|{\"node\":\"a\",\"cluster\"",
                "\"secret\"|\"Secret\""
            })
    void shouldRefuseWhatIsNoAnnouncement(String change) throws Exception {
        // given
        String[] parts = change.split("\\|", 2);
        String body = announcement(SECRET);
        assertThat(body).contains(parts[0]);
        // when
        HttpResponse<String> answer = agent.post(PATH, body.replace(parts[0], parts[1]));
        // then
        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(answer.body()).doesNotContain(SECRET);
        assertThat(running.pools.sightings).isEmpty();
    }

    @Test
    void shouldBeUnavailableWhileTemporalIsAway() throws Exception {
        // given
        running.pools.away.set(true);
        // when
        HttpResponse<String> answer = agent.post(PATH, announcement(SECRET));
        // then
        assertThat(answer.statusCode()).isEqualTo(503);
        assertThat(answer.headers().firstValue("Retry-After")).contains("5");
        assertThat(read(answer, Problem.class).code()).isEqualTo(ErrorCode.GATEWAY_UNAVAILABLE);
    }

    @Test
    void shouldAnswerHeldMachinesWhenItStops() throws Exception {
        // given
        running.pools.answers.put(DIGEST, FREE);
        CompletableFuture<HttpResponse<String>> held = agent.postAsync(PATH, announcement(SECRET));
        await().untilAsserted(() -> assertThat(waiting()).isEqualTo(1));
        // when
        running.gateway.stop();
        // then
        assertThat(held)
                .succeedsWithin(Duration.ofSeconds(5))
                .extracting(HttpResponse::statusCode)
                .isEqualTo(202);
    }

    private double waiting() {
        return running.registry.get("nodejoin_gateway_machines_waiting").gauge().value();
    }

    private static String announcement(String secret) {
        return json(Samples.announcement(secret));
    }

    private static String enrollment() {
        return json(new EnrollmentRequest(
                NODE.node().cluster(), NODE.node().name(), SECRET, TestPki.base64(TestPki.keyPair()), null, null));
    }

    private static String json(Object value) {
        return new String(JSON.write(value), StandardCharsets.UTF_8);
    }

    private static <T> T read(HttpResponse<String> answer, Class<T> type) {
        return JSON.read(answer.body().getBytes(StandardCharsets.UTF_8), type).orElseThrow();
    }
}

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
import io.nodejoin.protocol.agent.PollRequest;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class EnrollmentIT {
    private static final String PATH = "/v1/enrollments";
    private static final String SECRET = "canary-6f9d2c";
    private static final String DIGEST = "a1de44c701e24b119f4fd9cf434e8e1f96b835bd998aae6e9eb9476637927b65";
    private static final StrictJson JSON = new StrictJson();

    private RunningGateway running;
    private AgentClient stranger;
    private AgentIdentity node = Samples.WORKER_A;
    private int tests;

    @BeforeAll
    void start() throws IOException {
        running = new RunningGateway();
        stranger = running.stranger();
    }

    @AfterAll
    void stop() {
        stranger.close();
        running.close();
    }

    @BeforeEach
    void takeAnotherNode() {
        tests++;
        node = Samples.agent("node-" + tests);
    }

    @Test
    void shouldEnrollAndServeTheIssuedCertificate() throws Exception {
        // given
        KeyPair keys = TestPki.keyPair();
        running.workflows.start(node, DIGEST);
        // when
        EnrollmentResponse answer = answer(stranger.post(PATH, request(SECRET, keys)));
        // then
        assertThat(answer).isInstanceOf(EnrollmentResponse.Enrolled.class);
        try (AgentClient enrolled = running.agent(keys, ((EnrollmentResponse.Enrolled) answer).certificateChain())) {
            assertThat(enrolled.post("/v1/assignments/next", write(new PollRequest(UUID.randomUUID(), "0.1.0")))
                            .statusCode())
                    .isEqualTo(204);
        }
    }

    @Test
    void shouldEnrollWithinTheSameRequestWhenTheJoinStarts() throws Exception {
        // given an agent that comes before its event
        CompletableFuture<HttpResponse<String>> waiting = stranger.postAsync(PATH, request(SECRET, TestPki.keyPair()));
        await().untilAsserted(() -> assertThat(running.workflows.asked).contains(node.node()));
        running.workflows.start(node, DIGEST);
        // when
        running.gateway.joinStarted(node.node().cluster(), node.node().name());
        // then
        assertThat(waiting)
                .succeedsWithin(Duration.ofSeconds(2))
                .satisfies(response -> assertThat(answer(response)).isInstanceOf(EnrollmentResponse.Enrolled.class));
    }

    @Test
    void shouldStopInOrderWhileTemporalDoesNotAnswerAnEnrollment() throws Exception {
        // given
        RunningGateway stopping = new RunningGateway();
        stopping.workflows.showing.lock();
        try (AgentClient agent = stopping.stranger()) {
            CompletableFuture<HttpResponse<String>> stuck = agent.postAsync(PATH, request(SECRET, TestPki.keyPair()));
            await().untilAsserted(() -> assertThat(stopping.workflows.asked).contains(node.node()));
            // when
            stopping.close();
            // then
            assertThat(stuck).failsWithin(Duration.ofSeconds(5));
        } finally {
            stopping.workflows.showing.unlock();
        }
    }

    @Test
    void shouldAnswerSameSecretAndKeyAgain() throws Exception {
        // given
        KeyPair keys = TestPki.keyPair();
        running.workflows.start(node, DIGEST);
        HttpResponse<String> first = stranger.post(PATH, request(SECRET, keys));
        // when
        HttpResponse<String> again = stranger.post(PATH, request(SECRET, keys));
        // then
        assertThat(first.statusCode()).isEqualTo(200);
        assertThat(again.statusCode()).isEqualTo(200);
    }

    @Test
    void shouldRefuseWrongSecretAndOtherKeyWithOneText() throws Exception {
        // given
        running.workflows.start(node, DIGEST);
        stranger.post(PATH, request(SECRET, TestPki.keyPair()));
        Set<String> texts = new HashSet<>();
        // when
        HttpResponse<String> wrongSecret = stranger.post(PATH, request("other-7a1b", TestPki.keyPair()));
        HttpResponse<String> otherKey = stranger.post(PATH, request(SECRET, TestPki.keyPair()));
        texts.add(wrongSecret.body());
        texts.add(otherKey.body());
        // then
        assertThat(wrongSecret.statusCode()).isEqualTo(403);
        assertThat(otherKey.statusCode()).isEqualTo(403);
        assertThat(texts).hasSize(1);
        assertThat(read(otherKey, Problem.class).code()).isEqualTo(ErrorCode.ENROLLMENT_REFUSED);
    }

    @Test
    void shouldRefuseKeyThatIsNotP256() throws Exception {
        // given
        running.workflows.start(node, DIGEST);
        String zeros = Base64.getEncoder().encodeToString(new byte[91]);
        // when
        HttpResponse<String> otherCurve = stranger.post(PATH, request(SECRET, TestPki.keyPair("secp384r1")));
        HttpResponse<String> garbage = stranger.post(
                PATH,
                write(new EnrollmentRequest(node.node().cluster(), node.node().name(), SECRET, zeros, null, null)));
        // then
        assertThat(otherCurve.statusCode()).isEqualTo(400);
        assertThat(garbage.statusCode()).isEqualTo(400);
        assertThat(running.workflows.asked).doesNotContain(node.node());
    }

    @Test
    void shouldRefuseNameThatIsNoNodeName() throws Exception {
        // given
        String body =
                request(SECRET, TestPki.keyPair()).replace(node.node().name().value(), "../../etc");
        // when
        HttpResponse<String> response = stranger.post(PATH, body);
        // then
        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(response.body()).doesNotContain(SECRET);
    }

    @Test
    void shouldAnswerAllBadProofsAlike() throws Exception {
        try (RunningGateway guessed = new RunningGateway();
                AgentClient guesser = guessed.stranger()) {
            // given twenty nodes, as each one's proofs are limited too: half of them with a key that is bound already
            Set<String> answers = new HashSet<>();
            for (int proof = 0; proof < 20; proof++) {
                node = Samples.agent("bad-" + proof);
                guessed.workflows.start(node, DIGEST);
                if (proof % 2 == 0) {
                    guessed.workflows.bind(node, "first key");
                }
                // when
                HttpResponse<String> refused = guesser.post(
                        PATH, request(proof % 4 < 2 ? SECRET.repeat(proof % 2 + 1) : "other-7a1b", TestPki.keyPair()));
                answers.add(refused.statusCode() + " " + refused.body() + " " + withoutDate(refused));
            }
            // then
            assertThat(answers).singleElement().asString().startsWith("403 ");
            assertThat(guessed.audit.entries("enrollment.refused"))
                    .isNotEmpty()
                    .allSatisfy(entry -> assertThat(entry.results()).containsKeys("reason", "address"));
        }
    }

    @Test
    void shouldEnrollTheMachineWhateverOthersGuessAtItsAddressAndElsewhere() throws Exception {
        try (RunningGateway guessed = new RunningGateway();
                AgentClient machine = guessed.stranger()) {
            // given thirty strangers
            guessed.workflows.start(node, DIGEST);
            List<Integer> statuses = new ArrayList<>();
            for (int address = 1; address <= 30; address++) {
                try (AgentClient guesser = guessed.strangerAt("127.0.0." + address)) {
                    for (int guess = 1; guess <= 6; guess++) {
                        statuses.add(guesser.post(PATH, request("guess-" + guess, TestPki.keyPair()))
                                .statusCode());
                    }
                }
            }
            // when
            int enrolled =
                    machine.post(PATH, request(SECRET, TestPki.keyPair())).statusCode();
            // then
            assertThat(statuses).hasSize(180).containsOnly(403);
            assertThat(enrolled).isEqualTo(200);
            assertThat(guessed.workflows.proofs)
                    .as("the join is asked about few guesses of an address")
                    .hasSizeBetween(150, 160);
        }
    }

    @Test
    void shouldRecordTheCertificateThatItIssues() throws Exception {
        // given
        KeyPair keys = TestPki.keyPair();
        running.workflows.start(node, DIGEST);
        // when
        stranger.post(PATH, request(SECRET, keys));
        // then
        assertThat(running.audit.entries("agent.certificate.issue"))
                .filteredOn(entry -> entry.join().equals(node.join().value()))
                .singleElement()
                .satisfies(entry -> {
                    assertThat(entry.object()).isEqualTo("nodes/" + node.node().name());
                    assertThat(entry.results())
                            .containsEntry("occasion", "enrollment")
                            .containsEntry(
                                    "key-digest", Sha256.hex(keys.getPublic().getEncoded()));
                    assertThat(entry.toString()).doesNotContain(SECRET);
                });
    }

    @Test
    void shouldHandOutNoCertificateThatCannotBeRecorded() throws Exception {
        try (RunningGateway full = new RunningGateway();
                AgentClient agent = full.stranger()) {
            // given
            KeyPair keys = TestPki.keyPair();
            full.workflows.start(node, DIGEST);
            full.audit.fail();
            // when
            HttpResponse<String> refused = agent.post(PATH, request(SECRET, keys));
            full.audit.recover();
            HttpResponse<String> again = agent.post(PATH, request(SECRET, keys));
            // then
            assertThat(refused.statusCode()).isEqualTo(503);
            assertThat(refused.body()).contains("GATEWAY_UNAVAILABLE").doesNotContain("CERTIFICATE");
            assertThat(again.statusCode()).isEqualTo(200);
        }
    }

    @Test
    void shouldThrottleGuessesFromOneAddress() throws Exception {
        try (RunningGateway guessed = new RunningGateway();
                AgentClient guesser = guessed.stranger()) {
            // given more attempts than a second allows
            Set<Integer> statuses = new HashSet<>();
            // when
            for (int attempt = 0; attempt < 200; attempt++) {
                statuses.add(guesser.post(PATH, "{}").statusCode());
            }
            // then
            assertThat(statuses).containsExactlyInAnyOrder(400, 429);
            assertThat(guessed.count("nodejoin_gateway_enrollments", "result", "throttled"))
                    .isPositive();
        }
    }

    private static Map<String, List<String>> withoutDate(HttpResponse<String> response) {
        Map<String, List<String>> headers = new TreeMap<>(response.headers().map());
        headers.remove("date");
        return headers;
    }

    private String request(String secret, KeyPair keys) {
        return write(new EnrollmentRequest(
                node.node().cluster(), node.node().name(), secret, TestPki.base64(keys), null, null));
    }

    private static EnrollmentResponse answer(HttpResponse<String> response) {
        return read(response, EnrollmentResponse.class);
    }

    private static String write(Object value) {
        return new String(JSON.write(value), StandardCharsets.UTF_8);
    }

    private static <T> T read(HttpResponse<String> response, Class<T> type) {
        return JSON.read(response.body().getBytes(StandardCharsets.UTF_8), type).orElseThrow();
    }
}

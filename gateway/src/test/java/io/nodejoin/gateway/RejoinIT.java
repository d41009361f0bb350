package io.nodejoin.gateway;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.nodejoin.activities.TestPki;
import io.nodejoin.gateway.agentca.AgentIdentity;
import io.nodejoin.gateway.enrollment.RejoinHandler;
import io.nodejoin.gateway.http.StrictJson;
import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.Sha256;
import io.nodejoin.protocol.agent.RejoinRequest;
import io.nodejoin.protocol.agent.RejoinResponse;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.Signature;
import java.util.Base64;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RejoinIT {
    private static final String PATH = "/v1/rejoins";
    private static final String SECRET = "canary-6f9d2c";
    private static final String SERIAL = "5f3a9c";
    private static final StrictJson JSON = new StrictJson();

    private final KeyPair keys = TestPki.keyPair();
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
        node = Samples.agent("back-" + tests);
    }

    @Test
    void shouldTakeBackAMachineThatProvesItsKey() throws Exception {
        // given
        JoinId join = JoinId.of("test", "comeback");
        running.rejoining.answers.put(node.node(), new RejoinHandler.Answer.Started(join));

        // when
        HttpResponse<String> response = stranger.post(PATH, request(SERIAL, keys, SERIAL));

        // then
        assertThat(response.statusCode()).isEqualTo(202);
        assertThat(JSON.read(response.body().getBytes(UTF_8), RejoinResponse.class))
                .contains(new RejoinResponse(join));
        assertThat(running.rejoining.asked)
                .contains(
                        new RejoinHandler.RejoinAttempt(node.node(), Sha256.hex(SECRET), TestPki.base64(keys), SERIAL));
    }

    @Test
    void shouldNotAskForAMachineWhoseSignatureIsAnothers() throws Exception {
        // given
        running.rejoining.answers.put(node.node(), new RejoinHandler.Answer.Started(JoinId.of("test", "comeback")));

        // when
        HttpResponse<String> otherKey = stranger.post(PATH, request(SERIAL, TestPki.keyPair(), SERIAL));
        HttpResponse<String> otherSerial = stranger.post(PATH, request(SERIAL, keys, "5f3a9d"));

        // then
        assertThat(otherKey.statusCode()).isEqualTo(403);
        assertThat(otherSerial.statusCode()).isEqualTo(403);
        assertThat(running.rejoining.asked).noneMatch(asked -> asked.node().equals(node.node()));
    }

    @Test
    void shouldTellTheReasonToTheAuditLogAlone() throws Exception {
        // when
        HttpResponse<String> unknown = stranger.post(PATH, request(SERIAL, keys, SERIAL));
        HttpResponse<String> forged = stranger.post(PATH, request(SERIAL, TestPki.keyPair(), SERIAL));

        // then
        assertThat(unknown.statusCode()).isEqualTo(403);
        assertThat(unknown.body())
                .isEqualTo(forged.body())
                .contains("ENROLLMENT_REFUSED")
                .doesNotContain("noted");
        assertThat(running.audit.entries("rejoin.refused"))
                .filteredOn(
                        entry -> entry.object().equals("nodes/" + node.node().name()))
                .anySatisfy(entry -> assertThat(entry.results().get("reason"))
                        .contains("NODE_NOT_MANAGED")
                        .contains("no join is noted of it"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "5F", "-1", "0123456789012345678901234567890123456789a", "a/b"})
    void shouldRefuseASerialNumberThatIsNone(String serial) throws Exception {
        // when
        HttpResponse<String> response = stranger.post(PATH, request(serial, keys, serial));

        // then
        assertThat(response.statusCode()).isEqualTo(400);
    }

    @Test
    void shouldSendTheMachineAwayForAWhileIfItCannotBeFoundOut() throws Exception {
        try (RunningGateway blind = new RunningGateway();
                AgentClient machine = blind.stranger()) {
            // given
            blind.rejoining.away = true;

            // when
            HttpResponse<String> response = machine.post(PATH, request(SERIAL, keys, SERIAL));

            // then
            assertThat(response.statusCode()).isEqualTo(503);
            assertThat(response.body()).doesNotContain("API server");
        }
    }

    @Test
    void shouldThrottleTheComebacksOfOneMachine() throws Exception {
        try (RunningGateway stormed = new RunningGateway();
                AgentClient machine = stormed.stranger()) {
            // given
            Set<Integer> statuses = new HashSet<>();

            // when
            for (int attempt = 0; attempt < 8; attempt++) {
                statuses.add(machine.post(PATH, request(SERIAL, keys, SERIAL)).statusCode());
            }

            // then
            assertThat(statuses).containsExactlyInAnyOrder(403, 429);
            assertThat(stormed.rejoining.asked).hasSizeLessThan(8);
        }
    }

    @Test
    void shouldTakeBackAMachineWhoseNameStrangersUse() throws Exception {
        try (RunningGateway attacked = new RunningGateway();
                AgentClient machine = attacked.stranger()) {
            // given
            attacked.rejoining.answers.put(
                    node.node(), new RejoinHandler.Answer.Started(JoinId.of("test", "comeback")));
            String junk = request(SERIAL, keys, SERIAL).replace(TestPki.base64(keys), "x");
            String forged = request(SERIAL, TestPki.keyPair(), SERIAL);
            for (int attempt = 0; attempt < 8; attempt++) {
                machine.post(PATH, junk);
                machine.post(PATH, forged);
            }

            // when
            HttpResponse<String> response = machine.post(PATH, request(SERIAL, keys, SERIAL));

            // then
            assertThat(response.statusCode()).isEqualTo(202);
        }
    }

    /** @param signed the serial number that is signed */
    private String request(String serial, KeyPair signer, String signed) throws GeneralSecurityException {
        Signature signature = Signature.getInstance("SHA256withECDSA");
        signature.initSign(signer.getPrivate());
        signature.update(
                RejoinRequest.signingInput(node.node().cluster(), node.node().name(), SECRET, signed));
        RejoinRequest request = new RejoinRequest(
                node.node().cluster(),
                node.node().name(),
                SECRET,
                TestPki.base64(keys),
                serial,
                Base64.getEncoder().encodeToString(signature.sign()));
        return new String(JSON.write(request), UTF_8);
    }
}

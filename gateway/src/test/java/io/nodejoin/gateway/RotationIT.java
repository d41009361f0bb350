package io.nodejoin.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.nodejoin.activities.TestPki;
import io.nodejoin.gateway.agentca.AgentIdentity;
import io.nodejoin.gateway.http.StrictJson;
import io.nodejoin.protocol.agent.CommandMilestone;
import io.nodejoin.protocol.agent.EnrollmentRequest;
import io.nodejoin.protocol.agent.EnrollmentResponse;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RotationIT {
    private static final String SECRET = "canary-6f9d2c";
    private static final String DIGEST = "a1de44c701e24b119f4fd9cf434e8e1f96b835bd998aae6e9eb9476637927b65";
    private static final String OWN_ASSIGNMENT = "/v1/assignments/" + Samples.id(Samples.WORKER_A, "a-1") + "/progress";
    private static final StrictJson JSON = new StrictJson();

    /** It has even the old one's name, as CAs that are renewed do. */
    private final TestPki.Credential next = TestPki.ca("CN=agents");

    private RunningGateway running;

    @BeforeEach
    void start() throws IOException {
        running = new RunningGateway();
    }

    @AfterEach
    void stop() {
        running.close();
    }

    @Test
    void shouldServeAgentsOfBothCasAndEnrollUnderTheNewOneWhileTheyOverlap() throws Exception {
        try (AgentClient old = running.agent(Samples.WORKER_A)) {
            // given
            int before = call(old);
            // when
            writeCas(next, running.agentCa);
            // then
            eventually()
                    .untilAsserted(() -> assertThat(issuerKeyOfANewEnrollment())
                            .isEqualTo(next.certificate().getPublicKey()));
            assertThat(before).isEqualTo(204);
            assertThat(call(old)).isEqualTo(204);
            try (AgentClient oldThatConnectsAnew = running.agent(Samples.WORKER_A);
                    AgentClient ofTheNewCa = running.agent(ClientCertificate.of(next, Samples.WORKER_A))) {
                assertThat(call(oldThatConnectsAnew)).isEqualTo(204);
                assertThat(call(ofTheNewCa)).isEqualTo(204);
            }
        }
    }

    @Test
    void shouldRefuseAgentsOfACaThatWasRemovedAlsoOnOpenConnections() throws Exception {
        try (AgentClient old = running.agent(Samples.WORKER_A)) {
            // given
            int before = call(old);
            // when
            writeCas(next);
            // then
            eventually().untilAsserted(() -> assertThat(call(old)).isEqualTo(401));
            assertThat(before).isEqualTo(204);
            try (AgentClient oldThatConnectsAnew = running.agent(Samples.WORKER_A)) {
                assertThatThrownBy(() -> call(oldThatConnectsAnew)).isInstanceOf(IOException.class);
            }
            assertThat(running.audit.entries("agent.identity.refused"))
                    .isNotEmpty()
                    .allSatisfy(entry -> assertThat(entry.results())
                            .containsEntry("reason", "the certificate is from no agent CA of now"));
        }
    }

    @Test
    void shouldStayAsItWasUntilAHalfWrittenFileIsWhole() throws Exception {
        try (AgentClient old = running.agent(Samples.WORKER_A)) {
            // given
            int before = call(old);
            Path bundle = running.directory.resolve("agent-ca.crt");
            String whole = Files.readString(bundle);
            // when
            Files.writeString(bundle, whole.substring(0, whole.length() / 2));
            // then
            eventually()
                    .untilAsserted(
                            () -> assertThat(running.gateway.notReadyReason()).contains("agent-ca.crt"));
            assertThat(before).isEqualTo(204);
            assertThat(call(old)).isEqualTo(204);
            Files.writeString(bundle, whole);
            eventually()
                    .untilAsserted(
                            () -> assertThat(running.gateway.notReadyReason()).isNull());
        }
    }

    @Test
    void shouldStayAsItWasWhileKeyAndCertificateDoNotFit() throws Exception {
        try (AgentClient old = running.agent(Samples.WORKER_A)) {
            // given
            int before = call(old);
            // when only the certificate has been changed so far
            TestPki.writeCertificate(running.directory, "agent-ca.crt", next.certificate());
            // then
            eventually()
                    .untilAsserted(
                            () -> assertThat(running.gateway.notReadyReason()).contains("agent-ca.key"));
            assertThat(before).isEqualTo(204);
            assertThat(call(old)).isEqualTo(204);
        }
    }

    @Test
    void shouldShowItsNewCertificateAtTheNextHandshake() throws Exception {
        // given
        TestPki.Credential nextServerCa = TestPki.ca("CN=next gateway CA");
        TestPki.Credential server = TestPki.server(nextServerCa);
        // when
        TestPki.writeCertificate(running.directory, "server.crt", server.certificate());
        TestPki.writeKey(running.directory, "server.key", server.key());
        // then
        eventually().ignoreExceptionsInstanceOf(IOException.class).untilAsserted(() -> {
            try (AgentClient stranger = running.strangerThatTrusts(nextServerCa)) {
                assertThat(call(stranger)).isEqualTo(401);
            }
        });
    }

    private void writeCas(TestPki.Credential issuing, TestPki.Credential... others) throws IOException {
        X509Certificate[] certificates = new X509Certificate[1 + others.length];
        certificates[0] = issuing.certificate();
        for (int i = 0; i < others.length; i++) {
            certificates[i + 1] = others[i].certificate();
        }
        TestPki.writeCertificate(running.directory, "agent-ca.crt", certificates);
        TestPki.writeKey(running.directory, "agent-ca.key", issuing.key());
    }

    private Object issuerKeyOfANewEnrollment() throws Exception {
        KeyPair keys = TestPki.keyPair();
        AgentIdentity agent = Samples.agent("new-" + System.nanoTime());
        running.workflows.start(agent, DIGEST);
        String request = write(new EnrollmentRequest(
                agent.node().cluster(), agent.node().name(), SECRET, TestPki.base64(keys), null, null));
        try (AgentClient stranger = running.stranger()) {
            HttpResponse<String> response = stranger.post("/v1/enrollments", request);
            EnrollmentResponse answer = JSON.read(
                            response.body().getBytes(StandardCharsets.UTF_8), EnrollmentResponse.class)
                    .orElseThrow();
            String chain = ((EnrollmentResponse.Enrolled) answer).certificateChain();
            return CertificateFactory.getInstance("X.509")
                    .generateCertificates(new ByteArrayInputStream(chain.getBytes(StandardCharsets.US_ASCII)))
                    .stream()
                    .toList()
                    .getLast()
                    .getPublicKey();
        }
    }

    private static int call(AgentClient agent) throws IOException, InterruptedException {
        return agent.post(OWN_ASSIGNMENT, write(Samples.progress(CommandMilestone.StepCompleted, "swap-off")))
                .statusCode();
    }

    private static ConditionFactory eventually() {
        return await().atMost(Duration.ofSeconds(20)).pollInterval(Duration.ofMillis(150));
    }

    private static String write(Object value) {
        return new String(JSON.write(value), StandardCharsets.UTF_8);
    }
}

package io.nodejoin.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.nodejoin.activities.TestPki;
import io.nodejoin.activities.audit.AuditEntry;
import io.nodejoin.gateway.agentca.AgentIdentity;
import io.nodejoin.gateway.http.StrictJson;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.Problem;
import io.nodejoin.protocol.Sha256;
import io.nodejoin.protocol.agent.CommandMilestone;
import io.nodejoin.protocol.agent.EnrollmentResponse;
import io.nodejoin.protocol.agent.RenewalRequest;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RenewalIT {
    private static final String PATH = "/v1/certificates";
    private static final StrictJson JSON = new StrictJson();
    private static final String REQUEST = write(new RenewalRequest(new UUID(0, 1)));

    private final KeyPair keys = TestPki.keyPair();
    private RunningGateway running;
    private AgentIdentity node = Samples.WORKER_A;
    private int tests;

    @BeforeAll
    void start() throws IOException {
        running = new RunningGateway();
    }

    @AfterAll
    void stop() {
        running.close();
    }

    @BeforeEach
    void takeAnotherNode() {
        tests++;
        node = Samples.agent("node-" + tests);
        running.workflows.away.set(false);
        running.audit.recover();
    }

    @Test
    void shouldRenewForTheSameIdentityAndKey() throws Exception {
        try (AgentClient agent = agent(running)) {
            // given
            running.workflows.start(node, "");
            // when
            HttpResponse<String> answer = agent.post(PATH, REQUEST);
            // then
            X509Certificate renewed = certificate(answer);
            assertThat(renewed.getPublicKey()).isEqualTo(keys.getPublic());
            assertThat(AgentIdentity.fromCertificate(renewed)).contains(node);
            try (AgentClient again = running.agent(keys, chain(answer))) {
                assertThat(progress(again)).isEqualTo(204);
            }
        }
    }

    @Test
    void shouldRecordTheCertificateThatItIssues() throws Exception {
        try (AgentClient agent = agent(running)) {
            // given
            running.workflows.start(node, "");
            // when
            X509Certificate renewed = certificate(agent.post(PATH, REQUEST));
            // then
            assertThat(issued())
                    .singleElement()
                    .satisfies(entry -> assertThat(entry.results())
                            .containsEntry("occasion", "renewal")
                            .containsEntry("serial", renewed.getSerialNumber().toString(16))
                            .containsEntry(
                                    "key-digest", Sha256.hex(keys.getPublic().getEncoded()))
                            .containsEntry(
                                    "not-after",
                                    renewed.getNotAfter().toInstant().toString()));
        }
    }

    @Test
    void shouldRenewNothingThatCannotBeRecorded() throws Exception {
        try (AgentClient agent = agent(running)) {
            // given
            running.workflows.start(node, "");
            running.audit.fail();
            // when
            HttpResponse<String> answer = agent.post(PATH, REQUEST);
            // then
            assertThat(answer.statusCode()).isEqualTo(503);
            assertThat(answer.headers().firstValue("Retry-After")).isPresent();
            assertThat(answer.body()).doesNotContain("CERTIFICATE");
        }
    }

    @Test
    void shouldRefuseTheAgentOfAJoinThatNoLongerRuns() throws Exception {
        try (AgentClient agent = agent(running)) {
            // given no join
            // when
            HttpResponse<String> answer = agent.post(PATH, REQUEST);
            // then
            assertThat(answer.statusCode()).isEqualTo(403);
            assertThat(problem(answer).code()).isEqualTo(ErrorCode.AGENT_IDENTITY_MISMATCH);
            assertThat(reasons()).containsExactly("renewal refused: no join runs for the node");
            assertThat(issued()).isEmpty();
        }
    }

    @Test
    void shouldRefuseTheAgentOfAnEarlierJoinWithTheSameText() throws Exception {
        try (AgentClient agent = agent(running)) {
            // given
            HttpResponse<String> withoutJoin = agent.post(PATH, REQUEST);
            running.workflows.start(Samples.agent(node.node().name().value(), "2"), "");
            // when
            HttpResponse<String> answer = agent.post(PATH, REQUEST);
            // then
            assertThat(answer.statusCode()).isEqualTo(403);
            assertThat(answer.body()).isEqualTo(withoutJoin.body());
            assertThat(issued()).isEmpty();
        }
    }

    @Test
    void shouldAskToComeAgainWhileNobodyKnowsTheJoin() throws Exception {
        try (AgentClient agent = agent(running)) {
            // given
            running.workflows.away.set(true);
            // when
            HttpResponse<String> answer = agent.post(PATH, REQUEST);
            // then
            assertThat(answer.statusCode()).isEqualTo(503);
        }
    }

    @Test
    void shouldThrottleOneAgentsRenewals() throws Exception {
        try (AgentClient agent = agent(running)) {
            // given
            running.workflows.start(node, "");
            Set<Integer> statuses = new HashSet<>();
            // when
            for (int attempt = 0; attempt < 12; attempt++) {
                statuses.add(agent.post(PATH, REQUEST).statusCode());
            }
            // then
            assertThat(statuses).containsExactlyInAnyOrder(200, 429);
        }
    }

    @Test
    void shouldRefuseACertificateThatEndsOnAnOpenConnection() throws Exception {
        try (RunningGateway tomorrow = new RunningGateway(Clock.offset(Clock.systemUTC(), Duration.ofHours(20)));
                AgentClient agent = agent(tomorrow)) {
            // given a certificate that the handshake took, and that the gateway's clock sees ended
            tomorrow.workflows.start(node, "");
            // when
            HttpResponse<String> answer = agent.post(PATH, REQUEST);
            // then
            assertThat(answer.statusCode()).isEqualTo(401);
        }
    }

    private AgentClient agent(RunningGateway gateway) {
        return gateway.agent(keys, ClientCertificate.of(gateway.agentCa, node).chain(keys));
    }

    private int progress(AgentClient agent) throws IOException, InterruptedException {
        String path = "/v1/assignments/" + Samples.id(node, "a-1") + "/progress";
        return agent.post(path, write(Samples.progress(CommandMilestone.StepCompleted, "swap-off")))
                .statusCode();
    }

    private List<AuditEntry> issued() {
        return running.audit.entries("agent.certificate.issue").stream()
                .filter(entry -> entry.join().equals(node.join().value()))
                .toList();
    }

    private List<String> reasons() {
        return running.audit.entries("agent.identity.refused").stream()
                .filter(entry -> entry.join().equals(node.join().value()))
                .map(entry -> entry.results().getOrDefault("reason", ""))
                .toList();
    }

    private static X509Certificate certificate(HttpResponse<String> answer) throws CertificateException {
        byte[] chain = chain(answer).getBytes(StandardCharsets.US_ASCII);
        return (X509Certificate)
                CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(chain));
    }

    private static String chain(HttpResponse<String> answer) {
        EnrollmentResponse read = JSON.read(answer.body().getBytes(StandardCharsets.UTF_8), EnrollmentResponse.class)
                .orElseThrow();
        return ((EnrollmentResponse.Enrolled) read).certificateChain();
    }

    private static Problem problem(HttpResponse<String> answer) {
        return JSON.read(answer.body().getBytes(StandardCharsets.UTF_8), Problem.class)
                .orElseThrow();
    }

    private static String write(Object value) {
        return new String(JSON.write(value), StandardCharsets.UTF_8);
    }
}

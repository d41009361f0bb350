package io.nodejoin.agent.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsServer;
import io.nodejoin.agent.discovery.Pem;
import io.nodejoin.agent.discovery.TestTls;
import io.nodejoin.agent.host.HostException;
import io.nodejoin.agent.host.RootedHostFiles;
import io.nodejoin.agent.tpm.Tpm;
import io.nodejoin.agent.wire.JsonMappers;
import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.NodeName;
import io.nodejoin.protocol.agent.Attestation;
import io.nodejoin.protocol.agent.AttestationChallenge;
import io.nodejoin.protocol.agent.PollRequest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TpmAttestationTest {
    private static final Instant NOON = Instant.parse("2026-11-25T12:00:00Z");

    private final AtomicReference<Instant> now = new AtomicReference<>(NOON);
    private final List<JsonNode> challenged = Collections.synchronizedList(new ArrayList<>());
    private final List<JsonNode> enrolled = Collections.synchronizedList(new ArrayList<>());
    private volatile int challengeStatus = 200;
    private volatile int enrollmentStatus = 202;
    private boolean missing;
    private HttpsServer server;
    private AgentIdentity identity;
    private HttpGatewayClient gateway;

    @BeforeEach
    void start(@TempDir Path directory) throws IOException {
        TestTls tls = new TestTls();
        server = tls.serve("server", this::answer);
        identity = AgentIdentity.load(new RootedHostFiles(directory));
        gateway = new HttpGatewayClient(
                new GatewayEndpoint(
                        TestTls.at(server),
                        GatewayAddresses.ofThisMachine(new SplittableRandom(1)),
                        Files.writeString(directory.resolve("ca.pem"), Pem.encode(List.of(tls.certificate("ca")))),
                        new EnrollmentSecret(Files.writeString(directory.resolve("secret"), "one-time\n")),
                        new ClusterName("prod"),
                        new NodeName("w1")),
                identity,
                Optional::empty,
                new FakeTpm(),
                new PollRequest(new UUID(0, 1), "0.1.0"),
                ((InstantSource) now::get).withZone(ZoneOffset.UTC),
                _ -> {},
                _ -> {});
    }

    @AfterEach
    void stop() {
        gateway.close();
        server.stop(0);
    }

    @Test
    void shouldAuthenticateItsOwnKeyWithTheSecretOfTheChallenge() throws Exception {
        // when
        GatewayResponse response = gateway.poll();

        // then
        assertThat(response).isInstanceOf(GatewayResponse.NoJoinYet.class);
        assertThat(challenged.getFirst().path("publicKey").asText()).isEqualTo(identity.publicKey());
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec("blob+seed".getBytes(StandardCharsets.US_ASCII), "HmacSHA256"));
        byte[] expected = mac.doFinal(
                Attestation.macInput(new ClusterName("prod"), new NodeName("w1"), "one-time", identity.publicKey()));
        JsonNode attestation = enrolled.getFirst().path("attestation");
        assertThat(attestation.path("mac").asText())
                .isEqualTo(Base64.getEncoder().encodeToString(expected));
        assertThat(attestation.path("endorsementKey").asText()).isEqualTo("ek");
    }

    @Test
    void shouldShowTheSameSolutionWhileItIsValid() throws InterruptedException {
        // given
        gateway.poll();
        now.set(NOON.plus(Duration.ofMinutes(8)));

        // when
        gateway.poll();

        // then
        assertThat(challenged).hasSize(1);
        assertThat(enrolled.getLast().path("attestation"))
                .isEqualTo(enrolled.getFirst().path("attestation"));
    }

    @Test
    void shouldSolveAnotherChallengeBeforeTheSolutionExpires() throws InterruptedException {
        // given
        gateway.poll();
        now.set(NOON.plus(Duration.ofMinutes(9)).plusSeconds(1));

        // when
        gateway.poll();

        // then
        assertThat(challenged).hasSize(2);
    }

    @Test
    void shouldSolveAnotherChallengeAfterARefusal() throws InterruptedException {
        // given
        enrollmentStatus = 403;
        gateway.poll();

        // when
        gateway.poll();

        // then
        assertThat(challenged).hasSize(2);
    }

    @Test
    void shouldNotEnrollWithoutItsTpm() throws InterruptedException {
        // given
        missing = true;

        // when
        GatewayResponse response = gateway.poll();

        // then
        assertThat(response).isEqualTo(new GatewayResponse.Unavailable(ErrorCode.TPM_UNAVAILABLE, "no such device"));
        assertThat(enrolled).isEmpty();
    }

    @Test
    void shouldNotEnrollWithoutAChallenge() throws InterruptedException {
        // given
        challengeStatus = 429;

        // when
        GatewayResponse response = gateway.poll();

        // then
        assertThat(response)
                .isInstanceOfSatisfying(
                        GatewayResponse.Unavailable.class,
                        busy -> assertThat(busy.code()).isEqualTo(ErrorCode.RATE_LIMITED));
        assertThat(enrolled).isEmpty();
    }

    private void answer(HttpExchange exchange) throws IOException {
        JsonNode body = JsonMappers.strict().readTree(exchange.getRequestBody().readAllBytes());
        if (exchange.getRequestURI().getPath().equals("/v1/attestations")) {
            challenged.add(body);
            Base64.Encoder base64 = Base64.getEncoder();
            send(
                    exchange,
                    challengeStatus,
                    JsonMappers.strict()
                            .writeValueAsBytes(new AttestationChallenge(
                                    base64.encodeToString("blob".getBytes(StandardCharsets.US_ASCII)),
                                    base64.encodeToString("seed".getBytes(StandardCharsets.US_ASCII)),
                                    now.get().plus(Duration.ofMinutes(10)))));
        } else {
            enrolled.add(body);
            send(
                    exchange,
                    enrollmentStatus,
                    "{\"status\":\"Pending\",\"retryAfter\":\"PT2S\"}".getBytes(StandardCharsets.US_ASCII));
        }
        exchange.close();
    }

    private static void send(HttpExchange exchange, int status, byte[] body) throws IOException {
        exchange.sendResponseHeaders(status, body.length);
        exchange.getResponseBody().write(body);
    }

    private final class FakeTpm implements Tpm {
        @Override
        public Keys createKeys() {
            if (missing) {
                throw new HostException(ErrorCode.TPM_UNAVAILABLE, "no such device");
            }
            return new Keys("ek", "000b");
        }

        @Override
        public byte[] activateCredential(byte[] credentialBlob, byte[] encryptedSecret) {
            return (new String(credentialBlob, StandardCharsets.US_ASCII) + "+"
                            + new String(encryptedSecret, StandardCharsets.US_ASCII))
                    .getBytes(StandardCharsets.US_ASCII);
        }
    }
}

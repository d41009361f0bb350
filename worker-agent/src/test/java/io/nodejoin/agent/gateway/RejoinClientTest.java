package io.nodejoin.agent.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsServer;
import io.nodejoin.agent.discovery.Pem;
import io.nodejoin.agent.discovery.TestTls;
import io.nodejoin.agent.host.RootedHostFiles;
import io.nodejoin.agent.wire.JsonMappers;
import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.NodeName;
import io.nodejoin.protocol.agent.RejoinRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RejoinClientTest {
    private final List<RejoinRequest> received = Collections.synchronizedList(new ArrayList<>());
    private volatile int status = 202;
    private HttpsServer server;
    private RejoinClient call;
    private AgentIdentity identity;

    @BeforeEach
    void start(@TempDir Path directory) throws IOException {
        TestTls tls = new TestTls();
        server = tls.serve("server", this::answer);
        identity = AgentIdentity.load(new RootedHostFiles(directory));
        call = new RejoinClient(
                new GatewayEndpoint(
                        TestTls.at(server),
                        GatewayAddresses.ofThisMachine(new SplittableRandom(1)),
                        Files.writeString(directory.resolve("ca.pem"), Pem.encode(List.of(tls.certificate("ca")))),
                        new EnrollmentSecret(Files.writeString(directory.resolve("secret"), "one-time\n")),
                        new ClusterName("prod"),
                        new NodeName("w1")),
                identity);
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    @Test
    void shouldProveSecretAndKeyForThisCertificate() throws Exception {
        // when
        GatewayResponse response = call.requestRejoin("5f3a9c");

        // then
        assertThat(response).isInstanceOf(GatewayResponse.Accepted.class);
        RejoinRequest request = received.getFirst();
        assertThat(request.secret()).isEqualTo("one-time");
        assertThat(request.publicKey()).isEqualTo(identity.publicKey());
        assertThat(request.certificateSerial()).isEqualTo("5f3a9c");
        Base64.Decoder base64 = Base64.getDecoder();
        Signature signature = Signature.getInstance("SHA256withECDSA");
        signature.initVerify(KeyFactory.getInstance("EC")
                .generatePublic(new X509EncodedKeySpec(base64.decode(request.publicKey()))));
        signature.update(RejoinRequest.signingInput(request.cluster(), request.node(), "one-time", "5f3a9c"));
        assertThat(signature.verify(base64.decode(request.signature()))).isTrue();
    }

    @Test
    void shouldDistinguishARejectionFromAnUnavailableGateway() throws InterruptedException {
        // when
        status = 403;
        GatewayResponse refused = call.requestRejoin("1");
        status = 503;
        GatewayResponse busy = call.requestRejoin("1");
        server.stop(0);
        GatewayResponse away = call.requestRejoin("1");

        // then
        assertThat(refused).isInstanceOf(GatewayResponse.Rejected.class);
        assertThat(busy)
                .isInstanceOfSatisfying(
                        GatewayResponse.Unavailable.class,
                        unavailable -> assertThat(unavailable.code()).isEqualTo(ErrorCode.GATEWAY_UNAVAILABLE));
        assertThat(away).isInstanceOf(GatewayResponse.Unavailable.class);
    }

    private void answer(HttpExchange exchange) throws IOException {
        received.add(JsonMappers.strict().readValue(exchange.getRequestBody().readAllBytes(), RejoinRequest.class));
        exchange.sendResponseHeaders(status, -1);
        exchange.close();
    }
}

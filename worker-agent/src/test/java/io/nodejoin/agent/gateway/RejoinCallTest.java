package io.nodejoin.agent.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsServer;
import io.nodejoin.agent.discovery.Pem;
import io.nodejoin.agent.discovery.TestTls;
import io.nodejoin.agent.host.RootedHostFiles;
import io.nodejoin.agent.wire.Json;
import io.nodejoin.protocol.ClusterName;
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
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RejoinCallTest {
    private final List<RejoinRequest> received = Collections.synchronizedList(new ArrayList<>());
    private volatile int status = 202;
    private HttpsServer server;
    private RejoinCall call;
    private AgentIdentity identity;

    @BeforeEach
    void start(@TempDir Path directory) throws IOException {
        TestTls tls = new TestTls(directory);
        server = tls.serve("server", this::answer);
        identity = AgentIdentity.load(new RootedHostFiles(directory));
        call = new RejoinCall(
                new GatewayEndpoint(
                        TestTls.at(server),
                        Files.writeString(directory.resolve("ca.pem"), Pem.text(List.of(tls.certificate("ca")))),
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
        GatewayAnswer answer = call.ask("5f3a9c");

        // then
        assertThat(answer).isInstanceOf(GatewayAnswer.Accepted.class);
        RejoinRequest request = received.getFirst();
        assertThat(request.secret()).isEqualTo("one-time");
        assertThat(request.publicKey()).isEqualTo(identity.publicKey());
        assertThat(request.certificateSerial()).isEqualTo("5f3a9c");
        Base64.Decoder base64 = Base64.getDecoder();
        Signature signature = Signature.getInstance("SHA256withECDSA");
        signature.initVerify(KeyFactory.getInstance("EC")
                .generatePublic(new X509EncodedKeySpec(base64.decode(request.publicKey()))));
        signature.update(RejoinRequest.proof(request.cluster(), request.node(), "one-time", "5f3a9c"));
        assertThat(signature.verify(base64.decode(request.signature()))).isTrue();
    }

    @Test
    void shouldKnowARefusalFromAGatewayThatCannotAnswer() throws InterruptedException {
        // when
        status = 403;
        GatewayAnswer refused = call.ask("1");
        status = 503;
        GatewayAnswer busy = call.ask("1");
        server.stop(0);
        GatewayAnswer away = call.ask("1");

        // then
        assertThat(refused).isInstanceOf(GatewayAnswer.Refused.class);
        assertThat(busy).isInstanceOf(GatewayAnswer.Unavailable.class);
        assertThat(away).isInstanceOf(GatewayAnswer.Unavailable.class);
    }

    private void answer(HttpExchange exchange) throws IOException {
        received.add(Json.mapper().readValue(exchange.getRequestBody().readAllBytes(), RejoinRequest.class));
        exchange.sendResponseHeaders(status, -1);
        exchange.close();
    }
}

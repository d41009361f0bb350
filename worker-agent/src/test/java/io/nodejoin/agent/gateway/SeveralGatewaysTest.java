package io.nodejoin.agent.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpsServer;
import io.nodejoin.agent.discovery.Pem;
import io.nodejoin.agent.discovery.TestTls;
import io.nodejoin.agent.host.RootedHostFiles;
import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.NodeName;
import io.nodejoin.protocol.agent.PollRequest;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** A name with two addresses, at the first of which nobody listens. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SeveralGatewaysTest {
    private static final List<InetAddress> ADDRESSES =
            List.of(InetAddress.ofLiteral("127.0.0.2"), InetAddress.ofLiteral("127.0.0.1"));

    private TestTls tls;
    private Path state;

    @BeforeAll
    void enrolledAgent(@TempDir Path directory) throws IOException {
        state = directory;
        tls = new TestTls();
        tls.addServer("named", "gateway.test");
        Base64.Encoder base64 = Base64.getEncoder();
        Files.writeString(
                state.resolve("agent.key"),
                base64.encodeToString(tls.key("agent").getEncoded()) + "\n"
                        + base64.encodeToString(
                                tls.certificate("agent").getPublicKey().getEncoded())
                        + "\n");
        Files.writeString(
                state.resolve("agent.crt"), Pem.encode(List.of(tls.certificate("agent"), tls.certificate("ca"))));
    }

    @Test
    void shouldMoveToTheNextAddressUnderTheNameOfTheGateway() throws Exception {
        // given
        HttpsServer server = tls.serve("named", exchange -> {
            exchange.sendResponseHeaders(204, -1);
            exchange.close();
        });
        try (HttpGatewayClient gateway = gateway(server)) {
            gateway.poll();

            // when
            List<GatewayResponse> responses = List.of(gateway.poll(), gateway.poll());

            // then
            assertThat(responses).hasOnlyElementsOfType(GatewayResponse.Accepted.class);
        } finally {
            server.stop(0);
        }
    }

    @Test
    void shouldNotBelieveAServerWithoutThatName() throws Exception {
        // given
        HttpsServer server = tls.serve("agent", exchange -> exchange.sendResponseHeaders(204, -1));
        try (HttpGatewayClient gateway = gateway(server)) {
            gateway.poll();

            // when
            GatewayResponse response = gateway.poll();

            // then
            assertThat(response)
                    .isInstanceOfSatisfying(
                            GatewayResponse.Unavailable.class,
                            unavailable -> assertThat(unavailable.code()).isEqualTo(ErrorCode.GATEWAY_UNTRUSTED));
        } finally {
            server.stop(0);
        }
    }

    /** Its agent starts at the address where nobody listens. */
    private HttpGatewayClient gateway(HttpsServer server) throws IOException {
        URI url = URI.create("https://gateway.test:" + server.getAddress().getPort());
        GatewayAddresses addresses = Stream.iterate(0L, seed -> seed + 1)
                .map(seed -> new GatewayAddresses(_ -> ADDRESSES, new SplittableRandom(seed)))
                .filter(candidate -> "127.0.0.2".equals(candidate.locate(url).getHost()))
                .findFirst()
                .orElseThrow();
        Path authority = Files.writeString(state.resolve("ca.pem"), Pem.encode(List.of(tls.certificate("ca"))));
        return new HttpGatewayClient(
                new GatewayEndpoint(
                        url,
                        addresses,
                        authority,
                        new EnrollmentSecret(Files.writeString(state.resolve("secret"), "one-time")),
                        new ClusterName("prod"),
                        new NodeName("w1")),
                AgentIdentity.load(new RootedHostFiles(state)),
                Optional::empty,
                new PollRequest(new UUID(0, 1), "0.1.0"),
                Clock.systemUTC(),
                _ -> {},
                _ -> {});
    }
}

package io.nodejoin.agent.discovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsServer;
import io.nodejoin.agent.host.HostException;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.discovery.BootstrapToken;
import io.nodejoin.protocol.discovery.CaPin;
import io.nodejoin.protocol.discovery.ClusterInfoSignature;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Connections that are open before the join tells what to trust save handshakes, and no check. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class EarlyConnectionTest {
    private static final BootstrapToken TOKEN = BootstrapToken.parse("abcdef.0123456789abcdef");

    private final TokenDiscovery discovery = new TokenDiscovery(Clock.systemUTC(), _ -> {}, new Random(1));
    private TestTls tls;

    @BeforeAll
    void makeCertificates() {
        tls = new TestTls();
    }

    private String kubeconfig(String... authorities) {
        String pem = Pem.encode(Arrays.stream(authorities).map(tls::certificate).toList());
        return """
                clusters:
                - cluster:
                    certificate-authority-data: %s
                  name: ""
                """.formatted(Base64.getEncoder().encodeToString(pem.getBytes(StandardCharsets.UTF_8)));
    }

    private static String answer(Map<String, String> data) {
        try {
            return new JsonMapper().writeValueAsString(Map.of("data", data));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String unsigned(String kubeconfig) {
        return answer(Map.of("kubeconfig", kubeconfig));
    }

    private static String signed(String kubeconfig) {
        return answer(Map.of(
                "kubeconfig", kubeconfig, TOKEN.id().signatureKey(), ClusterInfoSignature.sign(TOKEN, kubeconfig)));
    }

    private Server server(String identity, String... answers) {
        return new Server(tls, identity, List.of(answers));
    }

    private ClusterConnection connect(URI apiServer) throws InterruptedException {
        return discovery.connect(apiServer, List.of(CaPin.of(tls.certificate("ca"))), TOKEN);
    }

    @Test
    void shouldVerifyEverythingAgainOverTheConnectionsThatAreOpen() throws Exception {
        // given
        String kubeconfig = kubeconfig("ca");
        try (Server server = server("server", unsigned(kubeconfig), unsigned(kubeconfig), signed(kubeconfig))) {
            discovery.connectEarly(server.address());

            // when
            try (ClusterConnection connection = connect(server.address())) {

                // then
                assertThat(connection.cluster().authorities()).containsExactly(tls.certificate("ca"));
                assertThat(server.requests()).isEqualTo(4);
                assertThat(server.connections()).isEqualTo(2);
                assertThat(server.received())
                        .doesNotContain(TOKEN.secret())
                        .doesNotContainIgnoringCase("authorization");
            }
        }
    }

    @Test
    void shouldTrustNoCaThatOnlyTheEarlyAnswerNamed() throws Exception {
        // given a server in the middle that shows the genuine text once it is signed
        String claimed = unsigned(kubeconfig("otherca"));
        try (Server server = server("otherserver", claimed, claimed, signed(kubeconfig("ca")))) {
            discovery.connectEarly(server.address());

            // when
            HostException refusal = catchThrowableOfType(HostException.class, () -> connect(server.address()));

            // then
            assertThat(refusal.problem().code()).isEqualTo(ErrorCode.CA_PIN_MISMATCH);
            assertThat(server.received()).doesNotContain(TOKEN.secret()).doesNotContainIgnoringCase("authorization");
        }
    }

    @Test
    void shouldOpenAnotherConnectionIfTheOpenOneTrustsMoreThanThePins() throws Exception {
        // given
        String kubeconfig = kubeconfig("ca", "otherca");
        try (Server server = server("server", signed(kubeconfig))) {
            discovery.connectEarly(server.address());

            // when
            try (ClusterConnection connection = connect(server.address())) {

                // then
                assertThat(connection.cluster().authorities()).containsExactly(tls.certificate("ca"));
                assertThat(server.connections()).isEqualTo(3);
            }
        }
    }

    @Test
    void shouldConnectAnewIfTheOpenConnectionsDoNotLeadToTheCluster() throws Exception {
        // given
        String stale = unsigned(kubeconfig("ca"));
        try (Server server = server("server", stale, stale, stale, signed(kubeconfig("ca")))) {
            discovery.connectEarly(server.address());

            // when
            try (ClusterConnection connection = connect(server.address())) {

                // then
                assertThat(connection.cluster().authorities()).containsExactly(tls.certificate("ca"));
                assertThat(server.connections()).isEqualTo(4);
            }
        }
    }

    @Test
    void shouldNotUseTheConnectionsToAnotherEndpoint() throws Exception {
        // given
        try (Server other = server("server", signed(kubeconfig("ca")));
                Server server = server("server", signed(kubeconfig("ca")))) {
            discovery.connectEarly(other.address());

            // when
            try (ClusterConnection connection = connect(server.address())) {

                // then
                assertThat(connection.cluster().apiServer()).isEqualTo(server.address());
                assertThat(other.requests()).isEqualTo(2);
                assertThat(server.requests()).isEqualTo(2);
            }
        }
    }

    @Test
    void shouldReportWithoutARetryThatTheEndpointIsNotTheOneOfTheClaimedCa() throws Exception {
        // given
        try (Server server = server("otherserver", unsigned(kubeconfig("ca")))) {

            // when
            HostException refusal =
                    catchThrowableOfType(HostException.class, () -> discovery.connectEarly(server.address()));

            // then
            assertThat(refusal.problem().code()).isEqualTo(ErrorCode.CA_PIN_MISMATCH);
            assertThat(server.requests()).isEqualTo(1);
        }
    }

    /** Keeps connections open, and what it is told over them. Answers the n-th request with the n-th answer, or the last. */
    private static final class Server implements AutoCloseable {
        private final HttpsServer server;
        private final List<String> answers;
        private final List<String> heads = Collections.synchronizedList(new ArrayList<>());
        private final Set<InetSocketAddress> callers = ConcurrentHashMap.newKeySet();

        Server(TestTls tls, String identity, List<String> answers) {
            this.answers = answers;
            this.server = tls.serve(identity, this::answer);
        }

        private void answer(HttpExchange exchange) throws IOException {
            try (exchange) {
                callers.add(exchange.getRemoteAddress());
                heads.add(exchange.getRequestURI() + " "
                        + exchange.getRequestHeaders().entrySet());
                byte[] body =
                        answers.get(Math.min(heads.size(), answers.size()) - 1).getBytes(StandardCharsets.UTF_8);
                exchange.sendResponseHeaders(200, body.length);
                exchange.getResponseBody().write(body);
            }
        }

        URI address() {
            return TestTls.at(server);
        }

        /** Callers that have sent a request. */
        int connections() {
            return callers.size();
        }

        int requests() {
            return heads.size();
        }

        String received() {
            return String.join("\n", heads);
        }

        @Override
        public void close() {
            server.stop(0);
        }
    }
}

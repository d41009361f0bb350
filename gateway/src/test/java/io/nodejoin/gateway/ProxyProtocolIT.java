package io.nodejoin.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.nodejoin.activities.TestPki;
import io.nodejoin.gateway.agentca.AgentIdentity;
import io.nodejoin.gateway.connection.ConnectionLimits;
import io.nodejoin.gateway.http.StrictJson;
import io.nodejoin.protocol.agent.EnrollmentRequest;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.stream.IntStream;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Machines behind a load balancer that has all their connections come from its own address. */
class ProxyProtocolIT {
    private static final Duration SOON = Duration.ofSeconds(30);
    private static final String PATH = "/v1/enrollments";
    private static final String SECRET = "canary-6f9d2c";
    private static final String DIGEST = "a1de44c701e24b119f4fd9cf434e8e1f96b835bd998aae6e9eb9476637927b65";
    private static final String GUESSER = "127.0.0.2";
    private static final String MACHINE = "127.0.0.3";

    private final AgentIdentity node = Samples.WORKER_A;
    private RunningGateway running;
    private TestProxy proxy;

    @BeforeEach
    void start() throws IOException {
        running = new RunningGateway(
                new ConnectionLimits(Duration.ofSeconds(2), Duration.ofSeconds(30), Duration.ofSeconds(10), 1_000),
                List.of(TestProxy.ADDRESS + "/32", "2001:db8::/32"));
        proxy = new TestProxy(running.gateway.port());
    }

    @AfterEach
    void stop() throws IOException {
        proxy.close();
        running.close();
    }

    private String enrollment(String secret) {
        return new String(
                new StrictJson()
                        .write(new EnrollmentRequest(
                                node.node().cluster(),
                                node.node().name(),
                                secret,
                                Base64.getEncoder()
                                        .encodeToString(
                                                TestPki.keyPair().getPublic().getEncoded()),
                                null,
                                null)),
                StandardCharsets.UTF_8);
    }

    private double closed(String reason) {
        return running.count("nodejoin_gateway_closed_connections", "reason", reason);
    }

    private Socket connect(String from, byte[] first) throws IOException {
        return TestProxy.connect(running.gateway.port(), from, first);
    }

    private static byte[] headerOf(String client) throws IOException {
        return TestProxy.header(InetAddress.getByName(client));
    }

    /** Waits for the end of the connection, before which there may be an alert of TLS. */
    private static void awaitClosure(Socket socket) throws IOException {
        socket.setSoTimeout((int) SOON.toMillis());
        try {
            byte[] answer = socket.getInputStream().readAllBytes();
            assertThat(answer).hasSizeLessThan(20);
        } catch (SocketException _) {
            // closed while it was read
        }
    }

    @Test
    void shouldLimitTheGuesserOnlyAndNameHisAddress() throws Exception {
        // given
        running.workflows.start(node, DIGEST);
        List<Integer> guesses;
        try (AgentClient guesser = running.strangerBehind(proxy, GUESSER)) {
            guesses =
                    IntStream.range(0, 60)
                            .mapToObj(guess -> guesser.postAsync(PATH, enrollment("guess-" + guess)))
                            .toList()
                            .stream()
                            .map(answer -> answer.join().statusCode())
                            .toList();
        }

        // when
        int enrolled;
        try (AgentClient machine = running.strangerBehind(proxy, MACHINE)) {
            enrolled = machine.post(PATH, enrollment(SECRET)).statusCode();
        }

        // then
        assertThat(guesses).contains(429);
        assertThat(enrolled).isEqualTo(200);
        assertThat(running.audit.entries("enrollment.refused"))
                .isNotEmpty()
                .allSatisfy(entry -> assertThat(entry.results()).containsEntry("address", GUESSER));
    }

    @Test
    void shouldLimitNewConnectionsByTheAddressInTheHeaderAndNotThoseOfTheProxy() throws IOException {
        // when
        for (int client = 0; client < 1_000; client++) {
            connect(TestProxy.ADDRESS, headerOf("10.0." + client / 250 + "." + client % 250))
                    .close();
        }
        double ofMany = closed("rate");
        for (int client = 0; client < 1_000; client++) {
            connect(TestProxy.ADDRESS, headerOf("2001:db8::7")).close();
        }

        // then
        assertThat(ofMany).isZero();
        await("the closures").atMost(SOON).until(() -> closed("rate"), count -> count > 0);
    }

    @Test
    void shouldNotBelieveTheHeaderOfAStranger() throws Exception {
        // when
        try (Socket stranger = connect(GUESSER, headerOf(MACHINE))) {
            awaitClosure(stranger);
        }

        // then
        try (AgentClient direct = running.strangerAt(GUESSER)) {
            assertThat(direct.post(PATH, "{}").statusCode()).isEqualTo(400);
        }
    }

    @Test
    void shouldTakeNoClientForAProxyThatSendsNoHeader() throws Exception {
        try (AgentClient without = running.strangerAt(TestProxy.ADDRESS)) {
            // when, then
            assertThatThrownBy(() -> without.post(PATH, "{}")).isInstanceOf(IOException.class);
            await("the closure").atMost(SOON).until(() -> closed("proxy_header"), count -> count > 0);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 12, 13, 14})
    void shouldCloseAConnectionWithAWrongHeader(int wrong) throws IOException {
        // given a byte of the signature, the version, the family or the length
        byte[] header = headerOf(MACHINE);
        header[wrong] ^= (byte) 0xf0;

        // when
        try (Socket socket = connect(TestProxy.ADDRESS, header)) {
            awaitClosure(socket);
        }

        // then
        await("the closure").atMost(SOON).until(() -> closed("proxy_header"), count -> count == 1);
    }

    @Test
    void shouldCloseAConnectionWhoseHeaderDrips() throws IOException {
        try (Socket socket = connect(TestProxy.ADDRESS, new byte[0])) {
            // when
            byte[] header = headerOf(MACHINE);
            socket.setSoTimeout(200);
            boolean closed = false;
            for (int i = 0; i < header.length && !closed; i++) {
                closed = drip(socket, header[i]);
            }

            // then
            assertThat(closed).isTrue();
            assertThat(closed("deadline")).isEqualTo(1);
            assertThat(closed("proxy_header")).isZero();
        }
    }

    /** Returns whether the gateway closes the connection before the next byte is due. */
    private static boolean drip(Socket socket, byte next) throws IOException {
        try {
            socket.getOutputStream().write(next);
            return socket.getInputStream().read() < 0;
        } catch (SocketTimeoutException _) {
            return false;
        } catch (SocketException _) {
            return true;
        }
    }

    @Test
    void shouldAnswerAConnectionOfTheProxyItself() throws IOException {
        // when
        int status;
        try (Socket socket = connect(TestProxy.ADDRESS, TestProxy.localHeader());
                SSLSocket tls = running.tlsOver(socket)) {
            status = AgentClient.raw(tls, "GET / HTTP/1.1\r\nHost: gateway\r\n\r\n");
        }

        // then
        assertThat(status).isEqualTo(404);
    }
}

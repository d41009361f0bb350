package io.nodejoin.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.nodejoin.gateway.connection.ConnectionLimits;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Clients that open connections and do not finish what they begin, and the agent beside them. */
class SlowClientsIT {
    private static final Duration SOON = Duration.ofSeconds(30);
    private static final int BETWEEN_BYTES_MILLIS = 100;
    private static final int MAX_BYTES = 300;
    private static final String ENROLL = "/v1/enrollments";
    private static final String STRANGER = "127.0.0.2";

    private RunningGateway running;
    private AgentClient agent;

    @BeforeEach
    void start() throws IOException {
        running = new RunningGateway(
                new ConnectionLimits(Duration.ofSeconds(1), Duration.ofSeconds(2), Duration.ofSeconds(1), 4));
        agent = running.stranger();
    }

    @AfterEach
    void stop() {
        agent.close();
        running.close();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    private static String post(int length, String body) {
        return "POST " + ENROLL + " HTTP/1.1\r\nHost: gateway\r\nContent-Length: " + length + "\r\n\r\n" + body;
    }

    /** Sends a byte each tenth of a second until the gateway answers or closes; returns what it has answered. */
    private static String drip(Socket socket, char dripped) throws IOException {
        socket.setSoTimeout(BETWEEN_BYTES_MILLIS);
        StringBuilder answer = new StringBuilder();
        for (int sent = 0; sent < MAX_BYTES; sent++) {
            try {
                socket.getOutputStream().write(dripped);
                int read = socket.getInputStream().read();
                if (read < 0) {
                    return answer.toString();
                }
                answer.append((char) read);
                socket.setSoTimeout((int) SOON.toMillis());
                answer.append(new String(socket.getInputStream().readNBytes(MAX_BYTES), StandardCharsets.ISO_8859_1));
                return answer.toString();
            } catch (SocketTimeoutException _) {
                // the next byte is due
            } catch (SocketException | SSLException _) {
                return answer.toString();
            }
        }
        throw new AssertionError("still open after " + MAX_BYTES + " bytes");
    }

    private double closed(String reason) {
        return running.count("nodejoin_gateway_closed_connections", "reason", reason);
    }

    @Test
    void shouldCloseAConnectionWhoseHeadDrips() throws IOException {
        try (Socket socket = agent.open(STRANGER)) {
            // given
            socket.getOutputStream().write(bytes("POST " + ENROLL + " HTTP/1.1\r\nX: "));

            // when
            String answer = drip(socket, 'x');

            // then
            assertThat(answer).isEmpty();
            assertThat(closed("deadline")).isEqualTo(1);
        }
    }

    @Test
    void shouldCloseAConnectionThatNeverBeginsItsHandshake() throws IOException {
        try (Socket socket =
                new Socket(InetAddress.getLoopbackAddress(), running.uri().getPort())) {
            // when
            socket.setSoTimeout((int) SOON.toMillis());
            int read = socket.getInputStream().read();

            // then
            assertThat(read).isNegative();
            assertThat(closed("deadline")).isEqualTo(1);
        }
    }

    @Test
    void shouldCloseAConnectionWhoseSecondHeadDrips() throws IOException {
        try (Socket socket = agent.open(STRANGER)) {
            // given
            socket.getOutputStream().write(bytes("GET " + ENROLL + " HTTP/1.1\r\nHost: gateway\r\n\r\n"));
            socket.setSoTimeout((int) SOON.toMillis());
            assertThat(socket.getInputStream().read()).isEqualTo('H');
            socket.getInputStream().skipNBytes(1);

            // when
            socket.getOutputStream().write(bytes("POST " + ENROLL + " HTTP/1.1\r\nX: "));
            drip(socket, 'x');

            // then
            await("the closure").atMost(SOON).until(() -> closed("deadline"), count -> count == 1);
        }
    }

    @Test
    void shouldAnswerABodyThatStallsOrDripsWith408AndCloseTheConnection() throws IOException {
        try (Socket socket = agent.open(STRANGER)) {
            // given
            socket.getOutputStream().write(bytes(post(5_000, "{")));

            // when
            String answer = drip(socket, ' ');

            // then
            assertThat(answer)
                    .startsWith("HTTP/1.1 408 ")
                    .contains("Connection: close", "the body was not complete within 1 s");
        }
    }

    @Test
    void shouldTakeNoMoreThanEightKilobytesFromAClientWithoutACertificate() throws IOException {
        assertThat(agent.raw(post(8_193, " ".repeat(8_193)))).isEqualTo(413);
        assertThat(agent.raw(post(8_192, " ".repeat(8_192)))).isEqualTo(400);
    }

    @Test
    void shouldCloseConnectionsOfTheAddressThatHasTheMostAndServeTheAgentOfAnother() throws Exception {
        // given
        List<Socket> sockets = new ArrayList<>();
        try {
            for (int i = 0; i < 8; i++) {
                sockets.add(agent.open(STRANGER));
            }

            // when
            int status = agent.post(ENROLL, "{}").statusCode();

            // then
            assertThat(status).isEqualTo(400);
            assertThat(closed("limit")).isEqualTo(5);
            assertThat(running.registry
                            .get("nodejoin_gateway_anonymous_connections")
                            .gauge()
                            .value())
                    .isLessThanOrEqualTo(4);
        } finally {
            for (Socket socket : sockets) {
                socket.close();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldLetAFleetConnectFromOneAddressOnceAMachineOfItHasProvedItself(boolean proved) throws Exception {
        // given
        if (proved) {
            try (AgentClient machine = running.agent(Samples.WORKER_A)) {
                machine.post("/v1/assignments/next", "{}");
            }
        }

        // when
        for (int i = 0; i < 1_000; i++) {
            new Socket(InetAddress.getLoopbackAddress(), running.uri().getPort()).close();
        }

        // then
        await("the last connection")
                .atMost(SOON)
                .until(() -> running.registry
                                .get("nodejoin_gateway_anonymous_connections")
                                .gauge()
                                .value()
                        == 0);
        assertThat(closed("rate") == 0).isEqualTo(proved);
    }
}

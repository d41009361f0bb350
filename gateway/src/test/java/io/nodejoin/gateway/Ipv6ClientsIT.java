package io.nodejoin.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.nodejoin.activities.TestPki;
import io.nodejoin.gateway.agentca.AgentIdentity;
import io.nodejoin.gateway.config.ListenAddress;
import io.nodejoin.gateway.connection.ConnectionLimits;
import io.nodejoin.gateway.http.StrictJson;
import io.nodejoin.protocol.Sha256;
import io.nodejoin.protocol.agent.EnrollmentRequest;
import io.nodejoin.testbed.TestBed;
import io.nodejoin.testbed.config.BedMode;
import io.nodejoin.testbed.net.NetworkNamespace;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A gateway in a network namespace whose loopback has addresses of three IPv6 /64, and clients at these addresses. */
@Tag("real")
class Ipv6ClientsIT {
    private static final NetworkNamespace NAMESPACE = new NetworkNamespace("nj-gateway-ipv6");
    private static final String GATEWAY = "fd77:4d::1";
    private static final String STRANGER = "fd77:4d:0:1::1";
    private static final String SAME_STRANGER = "fd77:4d:0:1:ffff:ffff:ffff:ffff";
    private static final String NEIGHBOUR = "fd77:4d:0:2::1";
    private static final String NO_ENROLLMENT = post("{}".getBytes(StandardCharsets.UTF_8));
    private static final int BAD_REQUEST = 400;
    private static final int FORBIDDEN = 403;
    private static final int TOO_MANY_REQUESTS = 429;

    @BeforeAll
    static void create() {
        assumeTrue(TestBed.unavailableReason(BedMode.NAMESPACES).isEmpty(), "needs root and namespaces");
        NAMESPACE.create();
        Stream.of(GATEWAY, STRANGER, SAME_STRANGER, NEIGHBOUR)
                .forEach(address -> NAMESPACE.ip("addr", "replace", address + "/128", "dev", "lo"));
    }

    @AfterAll
    static void delete() {
        NAMESPACE.delete();
    }

    @ParameterizedTest
    @ValueSource(strings = {"0.0.0.0:0", "[::]:0"})
    void shouldServeBothFamiliesAtAnAddressThatStandsForAll(String listen) throws Exception {
        try (RunningGateway running = gateway(listen, ConnectionLimits.defaults())) {
            // when
            int overIpv4 = NAMESPACE.call(() -> send(running, "127.0.0.1", "127.0.0.1", NO_ENROLLMENT));
            int overIpv6 = NAMESPACE.call(() -> send(running, "[" + GATEWAY + "]", STRANGER, NO_ENROLLMENT));

            // then
            assertThat(List.of(overIpv4, overIpv6)).containsOnly(BAD_REQUEST);
        }
    }

    @Test
    void shouldCountGuessesOfAllAddressesOfOneSubnetTogether() throws Exception {
        try (RunningGateway running = gateway("[" + GATEWAY + "]:0", ConnectionLimits.defaults())) {
            // given
            AgentIdentity guessed = Samples.WORKER_A;
            running.workflows.start(guessed, Sha256.hex("the secret"));
            String guess = post(new StrictJson()
                    .write(new EnrollmentRequest(
                            guessed.node().cluster(),
                            guessed.node().name(),
                            "a guess",
                            TestPki.base64(TestPki.keyPair()),
                            null,
                            null)));
            List<Integer> statuses = NAMESPACE.call(() -> {
                List<Integer> all = new ArrayList<>();
                while (!all.contains(TOO_MANY_REQUESTS) && all.size() < 50) {
                    all.add(send(running, "[" + GATEWAY + "]", STRANGER, guess));
                }
                return all;
            });

            // when
            int otherAddress = NAMESPACE.call(() -> send(running, "[" + GATEWAY + "]", SAME_STRANGER, guess));
            int otherSubnet = NAMESPACE.call(() -> send(running, "[" + GATEWAY + "]", NEIGHBOUR, guess));

            // then
            assertThat(statuses).startsWith(FORBIDDEN).endsWith(TOO_MANY_REQUESTS);
            assertThat(otherAddress).isEqualTo(TOO_MANY_REQUESTS);
            assertThat(otherSubnet).isEqualTo(FORBIDDEN);
        }
    }

    @Test
    void shouldCloseAConnectionOfTheSubnetThatHasTheMostOverAllOfItsAddresses() throws Exception {
        ConnectionLimits four =
                new ConnectionLimits(Duration.ofSeconds(30), Duration.ofSeconds(30), Duration.ofSeconds(30), 4);
        List<Socket> sockets = new ArrayList<>();
        try (RunningGateway running = gateway("[" + GATEWAY + "]:0", four);
                AgentClient clients = running.strangerOf("[" + GATEWAY + "]")) {
            // given
            for (String address : List.of(NEIGHBOUR, NEIGHBOUR, STRANGER, SAME_STRANGER)) {
                sockets.add(NAMESPACE.call(() -> clients.open(address)));
            }

            // when
            sockets.add(NAMESPACE.call(() -> clients.open(STRANGER)));

            // then
            assertThat(AgentClient.raw(sockets.get(0), NO_ENROLLMENT)).isEqualTo(BAD_REQUEST);
            assertThat(AgentClient.raw(sockets.get(1), NO_ENROLLMENT)).isEqualTo(BAD_REQUEST);
            assertThat(running.count("nodejoin_gateway_closed_connections", "reason", "limit"))
                    .isEqualTo(1);
        } finally {
            for (Socket socket : sockets) {
                socket.close();
            }
        }
    }

    private static RunningGateway gateway(String listen, ConnectionLimits limits)
            throws IOException, InterruptedException {
        return NAMESPACE.call(() -> new RunningGateway(ListenAddress.parse(listen), limits));
    }

    private static String post(byte[] json) {
        return "POST /v1/enrollments HTTP/1.1\r\nHost: gateway\r\nContent-Length: " + json.length + "\r\n\r\n"
                + new String(json, StandardCharsets.UTF_8);
    }

    /** Sends this request from this address over a connection of its own, and returns the status of the answer. */
    private static int send(RunningGateway running, String host, String from, String request) throws IOException {
        try (AgentClient client = running.strangerOf(host);
                Socket socket = client.open(from)) {
            return AgentClient.raw(socket, request);
        }
    }
}

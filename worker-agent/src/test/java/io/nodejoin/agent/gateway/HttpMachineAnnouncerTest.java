package io.nodejoin.agent.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsServer;
import io.nodejoin.agent.discovery.Pem;
import io.nodejoin.agent.discovery.TestTls;
import io.nodejoin.agent.gateway.MachineAnnouncer.Answer;
import io.nodejoin.agent.host.HostException;
import io.nodejoin.agent.wire.JsonMappers;
import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.NodeName;
import io.nodejoin.protocol.PoolName;
import io.nodejoin.protocol.agent.MachineFacts;
import io.nodejoin.protocol.agent.PoolAnnouncement;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HttpMachineAnnouncerTest {
    private static final MachineFacts FACTS =
            new MachineFacts("amd64", 16, 67430260736L, 501809635328L, List.of("10.0.3.12"), null);
    private static final String PENDING = "{\"status\":\"pending\",\"retryAfter\":\"PT2S\"}";

    private final TestTls tls = new TestTls();
    private final List<String> paths = Collections.synchronizedList(new ArrayList<>());
    private final List<PoolAnnouncement> announced = Collections.synchronizedList(new ArrayList<>());
    private final List<Instant> heard = Collections.synchronizedList(new ArrayList<>());
    private final List<Integer> ports = Collections.synchronizedList(new ArrayList<>());
    private final AtomicInteger probes = new AtomicInteger();
    private volatile int status = 202;
    private volatile String body = PENDING;
    private volatile boolean silent;
    private HttpsServer server;
    private Path directory;
    private HttpMachineAnnouncer announcer;

    @BeforeEach
    void start(@TempDir Path directory) throws IOException {
        this.directory = directory;
        server = tls.serve("server", this::answer);
        Files.writeString(directory.resolve("ca.pem"), Pem.encode(List.of(tls.certificate("ca"))));
        Files.writeString(directory.resolve("secret"), "one-time\n");
        announcer = announcer(HttpGatewayClient.POLL_TIMEOUT);
    }

    private HttpMachineAnnouncer announcer(Duration timeout) {
        return new HttpMachineAnnouncer(
                new GatewayServer(
                        TestTls.at(server),
                        GatewayAddresses.ofThisMachine(new SplittableRandom(1)),
                        directory.resolve("ca.pem")),
                new EnrollmentSecret(directory.resolve("secret")),
                new ClusterName("prod"),
                new PoolName("batch-amd64"),
                this::facts,
                heard::add,
                timeout);
    }

    private MachineFacts facts() {
        probes.incrementAndGet();
        return FACTS;
    }

    @AfterEach
    void stop() {
        announcer.close();
        server.stop(0);
    }

    private void answer(HttpExchange exchange) throws IOException {
        paths.add(exchange.getRequestURI().getPath());
        ports.add(exchange.getRemoteAddress().getPort());
        announced.add(JsonMappers.strict().readValue(exchange.getRequestBody().readAllBytes(), PoolAnnouncement.class));
        if (silent) {
            return;
        }
        byte[] text = body.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, text.length == 0 ? -1 : text.length);
        exchange.getResponseBody().write(text);
        exchange.close();
    }

    @Test
    void shouldAnnounceTheMachineWithItsSecretAndFacts() throws InterruptedException {
        // when
        Answer answer = announcer.announce();

        // then
        assertThat(answer).isEqualTo(new Answer.Waits());
        assertThat(paths).containsExactly("/v1/machines");
        assertThat(announced)
                .containsExactly(
                        new PoolAnnouncement(new ClusterName("prod"), new PoolName("batch-amd64"), "one-time", FACTS));
        assertThat(heard).hasSize(1);
    }

    @Test
    void shouldReturnTheNodeThatTheMachineBecomes() throws InterruptedException {
        // given
        status = 200;
        body = "{\"node\":\"worker-7\",\"later\":true}";

        // when
        Answer answer = announcer.announce();

        // then
        assertThat(answer).isEqualTo(new Answer.Assigned(new NodeName("worker-7")));
    }

    @Test
    void shouldKeepOneConnectionAndItsFactsWhileTheMachineWaits() throws InterruptedException {
        // when
        announcer.announce();
        announcer.announce();
        announcer.announce();

        // then
        assertThat(ports).hasSize(3);
        assertThat(List.copyOf(ports).stream().distinct()).hasSize(1);
        assertThat(probes).hasValue(1);
    }

    @Test
    void shouldReadAReplacedSecret() throws Exception {
        // given
        announcer.announce();
        Files.writeString(directory.resolve("secret"), "another\n");

        // when
        announcer.announce();

        // then
        assertThat(announced).extracting(PoolAnnouncement::secret).containsExactly("one-time", "another");
    }

    @ParameterizedTest
    @CsvSource({"503, GATEWAY_UNAVAILABLE", "429, RATE_LIMITED"})
    void shouldBackOffFromABusyGateway(int busy, ErrorCode code) throws InterruptedException {
        // given
        status = busy;

        // when
        Answer answer = announcer.announce();

        // then
        assertThat(answer)
                .isInstanceOfSatisfying(
                        Answer.Unanswered.class,
                        unanswered -> assertThat(unanswered.response())
                                .isInstanceOfSatisfying(
                                        GatewayResponse.Unavailable.class,
                                        unavailable ->
                                                assertThat(unavailable.code()).isEqualTo(code)));
    }

    @Test
    void shouldReportWhyTheGatewayRejectsTheMachine() throws InterruptedException {
        // given
        status = 400;
        body = "{\"code\":\"COMMAND_UNKNOWN\",\"detail\":\"facts.cpus is no number\"}";

        // when
        Answer answer = announcer.announce();

        // then
        assertThat(answer)
                .isEqualTo(new Answer.Unanswered(
                        new GatewayResponse.Rejected(ErrorCode.COMMAND_UNKNOWN, "facts.cpus is no number")));
    }

    @ParameterizedTest
    @CsvSource({"otherca, GATEWAY_UNTRUSTED", "ca, AGENT_UNREACHABLE"})
    void shouldTellASilentGatewayFromAnUntrustedOne(String authority, ErrorCode code) throws Exception {
        // given
        Files.writeString(directory.resolve("ca.pem"), Pem.encode(List.of(tls.certificate(authority))));
        silent = true;

        // when
        Answer answer;
        try (HttpMachineAnnouncer hasty = announcer(Duration.ofMillis(500))) {
            answer = hasty.announce();
        }

        // then
        assertThat(answer)
                .isInstanceOfSatisfying(
                        Answer.Unanswered.class,
                        unanswered -> assertThat(unanswered.response())
                                .isInstanceOfSatisfying(
                                        GatewayResponse.Unavailable.class,
                                        unavailable ->
                                                assertThat(unavailable.code()).isEqualTo(code)));
    }

    @Test
    void shouldReportThatTheHostTellsNoFacts() throws InterruptedException {
        // given
        var blind = new HttpMachineAnnouncer(
                new GatewayServer(
                        TestTls.at(server),
                        GatewayAddresses.ofThisMachine(new SplittableRandom(1)),
                        directory.resolve("ca.pem")),
                new EnrollmentSecret(directory.resolve("secret")),
                new ClusterName("prod"),
                new PoolName("batch-amd64"),
                () -> {
                    throw new HostException(ErrorCode.HOST_COMMAND_FAILED, "no memory");
                },
                heard::add);

        // when
        Answer answer = blind.announce();

        // then
        assertThat(answer)
                .isEqualTo(new Answer.Unanswered(
                        new GatewayResponse.Unavailable(ErrorCode.HOST_COMMAND_FAILED, "no memory")));
        assertThat(announced).isEmpty();
    }
}

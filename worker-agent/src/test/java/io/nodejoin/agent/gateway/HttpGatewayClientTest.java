package io.nodejoin.agent.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsExchange;
import com.sun.net.httpserver.HttpsServer;
import io.nodejoin.agent.discovery.Pem;
import io.nodejoin.agent.discovery.TestTls;
import io.nodejoin.agent.host.RootedHostFiles;
import io.nodejoin.agent.wire.JsonMappers;
import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.NodeName;
import io.nodejoin.protocol.agent.Assignment;
import io.nodejoin.protocol.agent.CommandMilestone;
import io.nodejoin.protocol.agent.EarlyPreparation;
import io.nodejoin.protocol.agent.EnrollmentResponse;
import io.nodejoin.protocol.agent.HostCommand;
import io.nodejoin.protocol.agent.HostLogReport;
import io.nodejoin.protocol.agent.HostResult;
import io.nodejoin.protocol.agent.PollRequest;
import io.nodejoin.protocol.agent.ProgressReport;
import java.io.IOException;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class HttpGatewayClientTest {
    private static final String NEXT = "/v1/assignments/next";
    private static final String RENEW = "/v1/certificates";
    private static final String ENROLL = "/v1/enrollments";
    private static final PollRequest POLL = new PollRequest(new UUID(0, 1), "0.1.0");

    private static final Assignment ASSIGNMENT = new Assignment(
            "a-1", new JoinId("0a".repeat(16)), new NodeName("w1"), 1, 7, Instant.EPOCH, new HostCommand.ResetHost());

    private final List<Call> calls = Collections.synchronizedList(new ArrayList<>());
    private final List<String> instances = Collections.synchronizedList(new ArrayList<>());
    private final List<Instant> heard = Collections.synchronizedList(new ArrayList<>());
    private final List<Duration> logRequests = Collections.synchronizedList(new ArrayList<>());
    private volatile @Nullable String logSeconds;
    private final AtomicReference<Instant> now = new AtomicReference<>(Instant.now());
    private volatile int renewalStatus;
    private volatile int pollStatus;
    private volatile boolean silent;
    private volatile UnaryOperator<String> edit = UnaryOperator.identity();
    private volatile List<X509Certificate> renewal = List.of();
    private TestTls tls;
    private X509Certificate first;
    private X509Certificate renewed;
    private HttpsServer server;
    private HttpGatewayClient gateway;
    private @Nullable EarlyPreparation preparation;
    private EnrollmentResponse enrollment;
    private Path caFile;
    private Path home;

    /** @param serial of the certificate that was shown */
    private record Call(String path, BigInteger serial) {}

    @BeforeAll
    void makeCertificates() {
        tls = new TestTls();
        first = tls.certificate("agent");
        renewed = tls.renewed();
        tls.addServer("named", "gateway.test");
    }

    @BeforeEach
    void enrolledAgent(@TempDir Path state) throws IOException {
        calls.clear();
        instances.clear();
        heard.clear();
        logRequests.clear();
        logSeconds = null;
        renewalStatus = 200;
        pollStatus = 204;
        silent = false;
        edit = UnaryOperator.identity();
        enrollment = new EnrollmentResponse.Pending(Duration.ofSeconds(2));
        preparation = null;
        home = state;
        renewal = List.of(renewed, tls.certificate("ca"));
        server = tls.serve("server", this::answer);
        caFile = Files.writeString(state.resolve("ca.pem"), Pem.encode(List.of(tls.certificate("ca"))));
        Base64.Encoder base64 = Base64.getEncoder();
        Files.writeString(
                state.resolve("agent.key"),
                base64.encodeToString(tls.key("agent").getEncoded()) + "\n"
                        + base64.encodeToString(first.getPublicKey().getEncoded()) + "\n");
        Files.writeString(state.resolve("agent.crt"), Pem.encode(List.of(first, tls.certificate("ca"))));
        gateway = gateway(state, HttpGatewayClient.POLL_TIMEOUT);
    }

    private HttpGatewayClient gateway(Path state, Duration pollTimeout) throws IOException {
        return gateway(state, pollTimeout, TestTls.at(server), GatewayAddresses.ofThisMachine(new SplittableRandom(1)));
    }

    private HttpGatewayClient gateway(Path state, Duration pollTimeout, URI url, GatewayAddresses addresses)
            throws IOException {
        return new HttpGatewayClient(
                new GatewayEndpoint(
                        url,
                        addresses,
                        caFile,
                        new EnrollmentSecret(Files.writeString(state.resolve("secret"), "one-time")),
                        new ClusterName("prod"),
                        new NodeName("w1")),
                AgentIdentity.load(new RootedHostFiles(state)),
                () -> Optional.ofNullable(preparation),
                null,
                POLL,
                ((InstantSource) now::get).withZone(ZoneOffset.UTC),
                heard::add,
                logRequests::add,
                pollTimeout);
    }

    @AfterEach
    void stop() {
        gateway.close();
        server.stop(0);
    }

    private void answer(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath();
        calls.add(new Call(path, serial((HttpsExchange) exchange)));
        instances.addAll(exchange.getRequestHeaders().getOrDefault(PollRequest.INSTANCE_HEADER, List.of()));
        exchange.getRequestBody().readAllBytes();
        if (silent) {
            return;
        }
        if (logSeconds != null) {
            exchange.getResponseHeaders().add(HostLogReport.REQUEST_HEADER, logSeconds);
        }
        switch (path) {
            case RENEW ->
                send(exchange, renewalStatus, new EnrollmentResponse.Enrolled(Pem.encode(renewal), now.get(), null));
            case ENROLL -> send(exchange, 202, enrollment);
            default -> exchange.sendResponseHeaders(pollStatus, -1);
        }
        exchange.close();
    }

    private void send(HttpExchange exchange, int status, EnrollmentResponse answer) throws IOException {
        byte[] body = edit.apply(
                        JsonMappers.strict().writerFor(EnrollmentResponse.class).writeValueAsString(answer))
                .getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, body.length);
        exchange.getResponseBody().write(body);
    }

    private static BigInteger serial(HttpsExchange exchange) {
        try {
            return ((X509Certificate) exchange.getSSLSession().getPeerCertificates()[0]).getSerialNumber();
        } catch (SSLPeerUnverifiedException e) {
            return BigInteger.ZERO;
        }
    }

    private Call with(X509Certificate certificate, String path) {
        return new Call(path, certificate.getSerialNumber());
    }

    /** Moves the clock to this part of the first certificate's life. */
    private void after(double part) {
        Instant begin = first.getNotBefore().toInstant();
        Duration life = Duration.between(begin, first.getNotAfter().toInstant());
        now.set(begin.plusSeconds((long) (life.toSeconds() * part)));
    }

    @Test
    void shouldRenewItsCertificateAfterTwoThirdsOfItsValidity() throws InterruptedException {
        // given
        after(0.67);

        // when
        GatewayResponse response = gateway.poll();

        // then
        assertThat(response).isInstanceOf(GatewayResponse.Accepted.class);
        assertThat(calls).containsExactly(with(first, RENEW), with(renewed, NEXT));
    }

    @Test
    void shouldParseThatItsJoinHasSucceeded() throws InterruptedException {
        // given
        after(0);
        pollStatus = 410;

        // when
        GatewayResponse response = gateway.poll();

        // then
        assertThat(response).isEqualTo(new GatewayResponse.Joined());
    }

    @Test
    void shouldSendTheIdOfItsProcess() throws InterruptedException {
        // given
        after(0);

        // when
        gateway.reportProgress("a-1", new ProgressReport(CommandMilestone.StepCompleted, "swap-off", now.get()));
        gateway.reportResult("a-1", new HostResult.HostReset(false, null, List.of()));

        // then
        assertThat(instances)
                .containsExactly(POLL.instance().toString(), POLL.instance().toString());
    }

    @Test
    void shouldNotRenewEarlier() throws InterruptedException {
        // given
        after(0.66);

        // when
        gateway.poll();

        // then
        assertThat(calls).containsExactly(with(first, NEXT));
    }

    @Test
    void shouldKeepItsCertificateAndRetryLaterIfTheGatewayRejectsTheRenewal() throws InterruptedException {
        // given
        after(0.9);
        renewalStatus = 403;

        // when
        gateway.poll();
        gateway.poll();
        now.set(now.get().plusSeconds(31));
        gateway.poll();

        // then
        assertThat(calls)
                .containsExactly(
                        with(first, RENEW),
                        with(first, NEXT),
                        with(first, NEXT),
                        with(first, RENEW),
                        with(first, NEXT));
    }

    @Test
    void shouldKeepItsCertificateIfTheGatewayReturnsOneOfAnotherKey() throws InterruptedException {
        // given
        after(0.9);
        renewal = List.of(tls.certificate("server"), tls.certificate("ca"));

        // when
        gateway.poll();

        // then
        assertThat(calls).containsExactly(with(first, RENEW), with(first, NEXT));
    }

    @Test
    void shouldKeepItsCertificateIfTheNewOneCannotBeSaved() throws Exception {
        // given
        after(0);
        gateway.poll();
        Files.delete(home.resolve("agent.crt"));
        Files.createDirectory(home.resolve("agent.crt"));
        after(0.9);

        // when
        GatewayResponse none = gateway.poll();
        GatewayResponse response = gateway.poll();

        // then
        assertThat(none)
                .isInstanceOfSatisfying(
                        GatewayResponse.Unavailable.class,
                        unavailable -> assertThat(unavailable.code()).isEqualTo(ErrorCode.HOST_PATH_UNSAFE));
        assertThat(response).isInstanceOf(GatewayResponse.Accepted.class);
        assertThat(calls).containsExactly(with(first, NEXT), with(first, RENEW), with(first, NEXT));
    }

    @ParameterizedTest
    @CsvSource({"503, GATEWAY_UNAVAILABLE", "500, GATEWAY_UNAVAILABLE", "429, RATE_LIMITED"})
    void shouldReportWhyAReachableGatewayCannotBeUsed(int status, ErrorCode code) throws InterruptedException {
        // given
        pollStatus = status;
        after(0);

        // when
        GatewayResponse response = gateway.poll();

        // then
        assertThat(response).isInstanceOfSatisfying(GatewayResponse.Unavailable.class, unavailable -> {
            assertThat(unavailable.code()).isEqualTo(code);
            assertThat(unavailable.detail()).endsWith(" answers " + status);
        });
    }

    @ParameterizedTest
    @CsvSource({
        "400, COMMAND_UNKNOWN",
        "404, COMMAND_UNKNOWN",
        "403, AGENT_IDENTITY_MISMATCH",
        "409, AGENT_DUPLICATE_SESSION"
    })
    void shouldDeriveTheCodeOfARejectionWithoutProblemFromItsStatus(int status, ErrorCode code)
            throws InterruptedException {
        // given
        pollStatus = status;
        after(0);

        // when
        GatewayResponse response = gateway.poll();

        // then
        assertThat(response).isEqualTo(new GatewayResponse.Rejected(code, "the gateway responds with " + status));
    }

    @Test
    void shouldEnrollOnlyOnceItsCertificateHasExpired() throws InterruptedException {
        // given
        after(0.9999);
        renewalStatus = 503;
        gateway.poll();
        after(1);

        // when
        GatewayResponse response = gateway.poll();

        // then
        assertThat(response).isInstanceOf(GatewayResponse.NoJoinYet.class);
        assertThat(calls).containsExactly(with(first, RENEW), with(first, NEXT), new Call(ENROLL, BigInteger.ZERO));
    }

    @Test
    void shouldRecordTheModificationTimeOfTheSecretThatItEnrolledWith() throws Exception {
        // given
        after(0);
        Files.delete(home.resolve("agent.crt"));
        enrollment =
                new EnrollmentResponse.Enrolled(Pem.encode(List.of(first, tls.certificate("ca"))), now.get(), null);
        Path secret = home.resolve("secret");
        String stamp = new EnrollmentSecret(secret).modificationStamp();

        // when
        GatewayResponse response = gateway.poll();
        Files.setLastModifiedTime(secret, FileTime.from(Instant.EPOCH));

        // then
        assertThat(response).isInstanceOf(GatewayResponse.Accepted.class);
        assertThat(AgentIdentity.readEnrollment(new RootedHostFiles(home))).contains(stamp);
    }

    @Test
    void shouldReturnTheCommandThatComesWithItsCertificate() throws Exception {
        // given
        after(0);
        Files.delete(home.resolve("agent.crt"));
        enrollment = enrolledWith(ASSIGNMENT);

        // when
        GatewayResponse response = gateway.poll();
        gateway.poll();

        // then
        assertThat(response).isEqualTo(new GatewayResponse.Assigned(ASSIGNMENT));
        assertThat(calls).containsExactly(new Call(ENROLL, BigInteger.ZERO), with(first, NEXT));
    }

    @Test
    void shouldSaveTheCertificateThatComesWithAnUnreadableCommand() throws Exception {
        // given
        after(0);
        Files.delete(home.resolve("agent.crt"));
        enrollment = enrolledWith(ASSIGNMENT);
        edit = text -> text.replace("\"ResetHost\"", "\"RebootHost\"");

        // when
        GatewayResponse response = gateway.poll();
        gateway.poll();

        // then
        assertThat(response)
                .isInstanceOfSatisfying(
                        GatewayResponse.Unreadable.class,
                        unreadable -> assertThat(unreadable.id()).isEqualTo(ASSIGNMENT.id()));
        assertThat(calls).containsExactly(new Call(ENROLL, BigInteger.ZERO), with(first, NEXT));
    }

    @Test
    void shouldTolerateMoreMembersInTheResponseButNotInItsCommand() throws Exception {
        // given
        after(0);
        Path certificate = home.resolve("agent.crt");
        Files.delete(certificate);
        enrollment = enrolledWith(ASSIGNMENT);
        edit = text -> text.replace("{\"status\"", "{\"more\":1,\"status\"");
        GatewayResponse tolerated = gateway.poll();
        pollStatus = 401;
        gateway.poll();
        edit = text -> text.replace("\"attempt\"", "\"exec\":\"id\",\"attempt\"");

        // when
        GatewayResponse response = gateway.poll();

        // then
        assertThat(tolerated).isInstanceOf(GatewayResponse.Assigned.class);
        assertThat(response).isInstanceOf(GatewayResponse.Unreadable.class);
    }

    @Test
    void shouldSendAReportAlthoughItsEnrollmentBringsACommand() throws Exception {
        // given
        after(0);
        Files.delete(home.resolve("agent.crt"));
        enrollment = enrolledWith(ASSIGNMENT);

        // when
        GatewayResponse response = gateway.reportResult("a-1", new HostResult.HostReset(false, null, List.of()));

        // then
        assertThat(response).isInstanceOf(GatewayResponse.Accepted.class);
        assertThat(calls).containsExactly(new Call(ENROLL, BigInteger.ZERO), with(first, "/v1/assignments/a-1/result"));
    }

    private EnrollmentResponse enrolledWith(Assignment command) {
        return new EnrollmentResponse.Enrolled(Pem.encode(List.of(first, tls.certificate("ca"))), now.get(), command);
    }

    @Test
    void shouldReloadItsCasIfTheGatewayIsUntrusted() throws Exception {
        // given
        Files.writeString(caFile, Pem.encode(List.of(tls.certificate("otherca"))));
        GatewayResponse untrusted = gateway.poll();

        // when
        Files.writeString(caFile, Pem.encode(List.of(tls.certificate("otherca"), tls.certificate("ca"))));
        GatewayResponse response = gateway.poll();

        // then
        assertThat(untrusted)
                .isInstanceOfSatisfying(
                        GatewayResponse.Unavailable.class,
                        unavailable -> assertThat(unavailable.code()).isEqualTo(ErrorCode.GATEWAY_UNTRUSTED));
        assertThat(response).isInstanceOf(GatewayResponse.Accepted.class);
        assertThat(calls).containsExactly(with(first, NEXT));
    }

    @Test
    void shouldNotDistrustAGatewayThatClosesDuringTheHandshake() throws Exception {
        // given
        try (ServerSocket busy = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                HttpGatewayClient agent = gateway(
                        home,
                        HttpGatewayClient.POLL_TIMEOUT,
                        URI.create("https://127.0.0.1:" + busy.getLocalPort()),
                        GatewayAddresses.ofThisMachine(new SplittableRandom(1)))) {
            Thread _ = Thread.ofVirtual().start(() -> closeAll(busy));

            // when
            GatewayResponse response = agent.poll();

            // then
            assertThat(response)
                    .isInstanceOfSatisfying(
                            GatewayResponse.Unavailable.class,
                            unavailable -> assertThat(unavailable.code()).isEqualTo(ErrorCode.AGENT_UNREACHABLE));
        }
    }

    private static void closeAll(ServerSocket listening) {
        try {
            while (true) {
                listening.accept().close();
            }
        } catch (IOException _) {
            // the test has ended
        }
    }

    @Test
    void shouldTimeOutAPollAfterTheGatewayWouldHaveResponded() throws Exception {
        // given
        after(0);
        gateway.close();
        gateway = gateway(home, Duration.ofSeconds(2));
        silent = true;

        // when
        GatewayResponse none = gateway.poll();
        silent = false;
        GatewayResponse response = gateway.poll();

        // then
        assertThat(none).isInstanceOf(GatewayResponse.Unavailable.class);
        assertThat(response).isInstanceOf(GatewayResponse.Accepted.class);
    }

    @Test
    void shouldTimeOutAPollLaterThanTheGateway() {
        assertThat(HttpGatewayClient.POLL_TIMEOUT)
                .isBetween(PollRequest.MAX_POLL_DURATION.plusSeconds(5), PollRequest.MAX_POLL_DURATION.plusSeconds(15));
    }

    @Test
    void shouldPassOnTheDateOfEachResponse() throws InterruptedException {
        // given
        Instant before = Instant.now().truncatedTo(ChronoUnit.SECONDS);

        // when
        GatewayResponse response = gateway.poll();

        // then
        assertThat(response).isInstanceOf(GatewayResponse.Accepted.class);
        assertThat(heard).isNotEmpty().allSatisfy(time -> assertThat(time).isBetween(before, Instant.now()));
    }

    @ParameterizedTest
    @CsvSource({"15, PT15S", "0,", "-1,", "100,", "soon,"})
    void shouldPassOnForHowLongTheGatewayAsksForTheLog(String header, @Nullable Duration time)
            throws InterruptedException {
        // given
        logSeconds = header;

        // when
        GatewayResponse response = gateway.reportLog(new HostLogReport(List.of()));

        // then
        assertThat(response).isInstanceOf(GatewayResponse.Accepted.class);
        assertThat(calls).extracting(Call::path).contains("/v1/log");
        assertThat(logRequests).isEqualTo(Stream.ofNullable(time).toList());
    }

    @ParameterizedTest
    @CsvSource({"named, true", "agent, false"})
    void shouldMoveToTheNextAddressIfThatHasACertificateForTheName(String certificate, boolean moves)
            throws IOException, InterruptedException {
        // given
        after(0);
        HttpsServer other = tls.serve(certificate, this::answer);
        URI url = URI.create("https://gateway.test:" + other.getAddress().getPort());
        try (HttpGatewayClient agent =
                gateway(home, HttpGatewayClient.POLL_TIMEOUT, url, startingWhereNobodyListens(url))) {
            GatewayResponse refused = agent.poll();

            // when
            GatewayResponse response = agent.poll();

            // then
            assertThat(refused).isInstanceOf(GatewayResponse.Unavailable.class);
            assertThat(response)
                    .isInstanceOf(moves ? GatewayResponse.Accepted.class : GatewayResponse.Unavailable.class);
        } finally {
            other.stop(0);
        }
    }

    private static GatewayAddresses startingWhereNobodyListens(URI url) {
        List<InetAddress> both = List.of(InetAddress.ofLiteral("127.0.0.2"), InetAddress.ofLiteral("127.0.0.1"));
        return Stream.iterate(0L, seed -> seed + 1)
                .map(seed -> new GatewayAddresses(_ -> both, new SplittableRandom(seed)))
                .filter(candidate -> "127.0.0.2".equals(candidate.locate(url).getHost()))
                .findFirst()
                .orElseThrow();
    }
}

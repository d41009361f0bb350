package io.nodejoin.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nodejoin.activities.TestPki;
import io.nodejoin.activities.pem.PemFiles;
import io.nodejoin.gateway.agentca.AgentIdentity;
import io.nodejoin.gateway.http.StrictJson;
import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.Problem;
import io.nodejoin.protocol.agent.CommandMilestone;
import io.nodejoin.protocol.agent.EnrollmentRequest;
import io.nodejoin.protocol.agent.RenewalRequest;
import io.nodejoin.workflows.node.NodeRef;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.MethodSource;

/** All that the gateway has to refuse, each with its status and code, and each without harm to the join that it is aimed at. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class GatewayRefusalsIT {
    /** More than the gateway takes, in one TLS record: the connection is closed while nothing is on its way to be read. */
    private static final int LONG_HEADER = 12 * 1024;

    private static final String ENROLL = "/v1/enrollments";
    private static final String RENEW = "/v1/certificates";
    private static final String NEXT = "/v1/assignments/next";
    private static final String SECRET = "canary-6f9d2c";
    private static final String DIGEST = "a1de44c701e24b119f4fd9cf434e8e1f96b835bd998aae6e9eb9476637927b65";
    private static final String INSTANCE = "00000000-0000-0000-0000-000000000001";
    private static final String POLL = "{\"instance\":\"" + INSTANCE + "\",\"version\":\"1\"}";
    private static final StrictJson JSON = new StrictJson();

    private RunningGateway running;
    private AgentIdentity node = Samples.WORKER_A;
    private KeyPair keys = TestPki.keyPair();
    private int rows;

    @BeforeAll
    void start() throws IOException {
        running = new RunningGateway();
    }

    @AfterAll
    void stop() {
        running.close();
    }

    /** A join whose agent is enrolled. */
    @BeforeEach
    void startAJoin() {
        rows++;
        node = Samples.agent("node-" + rows);
        keys = TestPki.keyPair();
        running.workflows.start(node, DIGEST);
        running.workflows.bind(node, TestPki.base64(keys));
    }

    /** What somebody tries. */
    interface Attempt {
        HttpResponse<String> on(GatewayRefusalsIT gateway) throws Exception;
    }

    /** A certificate that somebody shows. */
    private interface Forgery {
        ClientCertificate of(GatewayRefusalsIT gateway);
    }

    record Row(String name, int status, ErrorCode code, Attempt attempt) {
        @Override
        public String toString() {
            return name;
        }
    }

    record Handshake(String name, Attempt attempt) {
        @Override
        public String toString() {
            return name;
        }
    }

    static final List<Handshake> HANDSHAKES = List.of(
            new Handshake("TLS 1.2", on -> on.running.stranger("TLSv1.2").post(NEXT, POLL)),
            new Handshake(
                    "a gateway CA that is not the pinned one",
                    on -> on.running
                            .strangerThatTrusts(TestPki.ca("CN=gateway CA"))
                            .post(ENROLL, "{}")),
            forged("another CA of the same name", on -> on.genuine().from(TestPki.ca("CN=agents"))),
            forged(
                    "an agent's certificate as CA",
                    on -> on.genuine()
                            .from(on.genuine()
                                    .withKeyUsage(KeyUsage.keyCertSign)
                                    .sign(TestPki.keyPair()))),
            forged("expired", on -> on.genuine().validFrom(Instant.now().minus(Duration.ofHours(3)))),
            forged("not yet valid", on -> on.genuine().validFrom(Instant.now().plus(Duration.ofMinutes(10)))),
            forged("for servers only", on -> on.genuine().forPurpose(KeyPurposeId.id_kp_serverAuth)),
            forged("for code signing only", on -> on.genuine().forPurpose(KeyPurposeId.id_kp_codeSigning)),
            forged("for signing certificates only", on -> on.genuine().withKeyUsage(KeyUsage.keyCertSign)),
            new Handshake("self-signed", on -> {
                KeyPair own = TestPki.keyPair();
                TestPki.Credential self = TestPki.selfSigned(own, Samples.WORKER_A.uri());
                return on.running
                        .agent(own, PemFiles.write(List.of(self.certificate())))
                        .post(NEXT, POLL);
            }));

    @ParameterizedTest
    @FieldSource("HANDSHAKES")
    void shouldRefuseTheConnection(Handshake row) throws Exception {
        // given the join of this node
        // when then
        assertThatThrownBy(() -> row.attempt().on(this)).isInstanceOf(IOException.class);
        assertTheJoinIsUnharmed();
    }

    static Stream<Row> identities() {
        return Stream.of(
                row("poll without certificate", 401, on -> on.running.stranger().post(NEXT, POLL)),
                row(
                        "progress without certificate",
                        401,
                        on -> on.running.stranger().post(on.own("progress"), progress())),
                row(
                        "result without certificate",
                        401,
                        on -> on.running.stranger().post(on.own("result"), result())),
                row(
                        "renewal without certificate",
                        401,
                        on -> on.running.stranger().post(RENEW, renewal())),
                row(
                        "certificate of a CA that the gateway does not name",
                        401,
                        on -> on.running
                                .agent(on.genuine().from(TestPki.ca("CN=others")))
                                .post(NEXT, POLL)),
                misnamed("no name"),
                misnamed(
                        "two names",
                        uri("nodejoin://prod/a/" + "0".repeat(32)),
                        uri("nodejoin://prod/b/" + "0".repeat(32))),
                misnamed("a name and an address", uri("nodejoin://prod/a/" + "0".repeat(32)), dns("a")),
                misnamed("a DNS name", dns("node-1")),
                misnamed("another scheme", uri("spiffe://prod/node-1/" + "0".repeat(32))),
                misnamed("no join", uri("nodejoin://prod/node-1")),
                misnamed("a join that is none", uri("nodejoin://prod/node-1/..")),
                misnamed("one part more", uri("nodejoin://prod/node-1/" + "0".repeat(32) + "/x")),
                misnamed("a node name in capitals", uri("nodejoin://prod/NODE-1/" + "0".repeat(32))),
                misnamed("a cluster that is none", uri("nodejoin://-/node-1/" + "0".repeat(32))),
                row(
                        "progress of another node's assignment",
                        403,
                        on -> on.running.agent(Samples.agent("thief")).post(on.own("progress"), progress())),
                row(
                        "result of another node's assignment",
                        403,
                        on -> on.running.agent(Samples.agent("thief")).post(on.own("result"), result())),
                row(
                        "result of an assignment by the agent of an earlier join",
                        403,
                        on -> on.running.agent(on.earlier()).post(on.own("result"), result())),
                row(
                        "renewal by the agent of an earlier join",
                        403,
                        on -> on.running.agent(on.earlier()).post(RENEW, renewal())),
                row(
                        "renewal by the agent of another cluster",
                        403,
                        on -> on.running.agent(on.elsewhere()).post(RENEW, renewal())),
                row(
                        "renewal by an agent without join",
                        403,
                        on -> on.running.agent(Samples.agent("without-join")).post(RENEW, renewal())));
    }

    @ParameterizedTest
    @MethodSource("identities")
    void shouldRefuseTheIdentityWithOneText(Row row) throws Exception {
        // given the join of this node
        // when
        HttpResponse<String> refused = row.attempt().on(this);
        // then
        assertRefused(row, refused);
        assertThat(problem(refused).detail()).isEqualTo("the agent is not recognised here");
        assertTheJoinIsUnharmed();
    }

    static Stream<Row> enrollments() {
        return Stream.of(
                enrollment("a wrong secret", 403, ErrorCode.ENROLLMENT_REFUSED, on -> on.proof("guess", on.keys)),
                enrollment("no secret", 403, ErrorCode.ENROLLMENT_REFUSED, on -> on.proof("", on.keys)),
                enrollment("the digest as secret", 403, ErrorCode.ENROLLMENT_REFUSED, on -> on.proof(DIGEST, on.keys)),
                enrollment(
                        "a used secret and another key",
                        403,
                        ErrorCode.ENROLLMENT_REFUSED,
                        on -> on.proof(SECRET, TestPki.keyPair())),
                enrollment(
                        "a key of another curve",
                        400,
                        ErrorCode.COMMAND_UNKNOWN,
                        on -> on.proof(SECRET, TestPki.keyPair("secp384r1"))),
                enrollment("an RSA key", 400, ErrorCode.COMMAND_UNKNOWN, on -> on.proof(SECRET, rsa())),
                enrollment("a key that is not base64", 400, ErrorCode.COMMAND_UNKNOWN, on -> on.proof(SECRET, "%%%")),
                enrollment(
                        "a key off the curve", 400, ErrorCode.COMMAND_UNKNOWN, on -> on.proof(SECRET, offTheCurve())),
                enrollment(
                        "a path as node",
                        400,
                        ErrorCode.COMMAND_UNKNOWN,
                        on -> on.proof(SECRET, on.keys)
                                .replace(on.node.node().name().value(), "../etc")),
                enrollment(
                        "a node in capitals",
                        400,
                        ErrorCode.COMMAND_UNKNOWN,
                        on -> on.proof(SECRET, on.keys).replace("\"node-", "\"NODE-")),
                enrollment(
                        "one member more",
                        400,
                        ErrorCode.COMMAND_UNKNOWN,
                        on -> on.proof(SECRET, on.keys).replace("{", "{\"exec\":\"id\",")));
    }

    @ParameterizedTest
    @MethodSource("enrollments")
    void shouldRefuseTheEnrollment(Row row) throws Exception {
        // given the join of this node, with the agent's key bound to it
        // when
        HttpResponse<String> refused = row.attempt().on(this);
        // then
        assertRefused(row, refused);
        assertThat(refused.body()).doesNotContain(SECRET).doesNotContain("CERTIFICATE");
        assertTheJoinIsUnharmed();
    }

    static Stream<Row> messages() {
        return Stream.of(
                message("nothing", 400, NEXT, ""),
                message("no JSON", 400, NEXT, "verb=Exec"),
                message("null", 400, NEXT, "null"),
                message("a list", 400, NEXT, "[" + POLL + "]"),
                message("an unknown member", 400, NEXT, POLL.replace("{", "{\"exec\":\"id\",")),
                message("a member twice", 400, NEXT, POLL.replace("{", "{\"version\":\"0\",")),
                message("a member that is null", 400, NEXT, POLL.replace("\"1\"", "null")),
                message("a member missing", 400, NEXT, "{\"version\":\"1\"}"),
                message("something after the end", 400, NEXT, POLL + POLL),
                message("a long number", 400, NEXT, POLL.replace("\"1\"", "1".repeat(1000))),
                message("a deep message", 400, NEXT, "[".repeat(50_000) + "]".repeat(50_000)),
                message("a long message", 413, NEXT, "\"" + "x".repeat(StrictJson.MAX_BODY) + "\""),
                message(
                        "a renewal that wants another key",
                        400,
                        RENEW,
                        renewal().replace("{", "{\"publicKey\":\"x\",")),
                message(
                        "a renewal that wants another node",
                        400,
                        RENEW,
                        renewal().replace("{", "{\"node\":\"b\",")),
                message("an unknown milestone", 400, "progress", progress().replace("StepCompleted", "Exec")),
                message("a result of unknown kind", 400, "result", "{\"result\":\"Exec\",\"command\":\"id\"}"),
                message("a class as kind", 400, "result", "{\"result\":\"java.lang.Runtime\"}"),
                message("a progress as result", 400, "result", progress()),
                message("an unknown verb in the path", 404, "exec", "{}"));
    }

    @ParameterizedTest
    @MethodSource("messages")
    void shouldRefuseTheMessageAndCloseTheConnection(Row row) throws Exception {
        // given the join of this node
        // when
        HttpResponse<String> refused = row.attempt().on(this);
        // then
        assertRefused(row, refused);
        assertThat(refused.headers().firstValue("Connection")).contains("close");
        assertTheJoinIsUnharmed();
    }

    static Stream<Row> routes() {
        return Stream.of(
                route("GET", NEXT, 405),
                route("PUT", NEXT, 405),
                route("DELETE", "/v1/assignments/a/result", 405),
                route("OPTIONS", NEXT, 405),
                route("PATCH", RENEW, 405),
                route("POST", "/", 404),
                route("POST", "/v1", 404),
                route("POST", "/v2/enrollments", 404),
                route("POST", NEXT + "/", 404),
                route("POST", "/v1/assignments/" + "a".repeat(300) + "/result", 404),
                route("POST", "/v1/assignments/a/b/result", 404),
                route("POST", "/V1/ENROLLMENTS", 404));
    }

    @ParameterizedTest
    @MethodSource("routes")
    void shouldServeNoOtherRoute(Row row) throws Exception {
        // given an enrolled agent
        // when
        HttpResponse<String> refused = row.attempt().on(this);
        // then
        assertRefused(row, refused);
        assertTheJoinIsUnharmed();
    }

    static Stream<String> rawRequests() {
        String next = "POST " + NEXT + " HTTP/1.1\r\nHost: gateway\r\n";
        return Stream.of(
                next + "Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                next + "Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
                next + "Content-Length: -1\r\n\r\n",
                next + "Transfer-Encoding: gzip\r\n\r\n",
                next + "X-Long: " + "x".repeat(LONG_HEADER) + "\r\n\r\n",
                next.replace("HTTP/1.1", "HTTP/3.7") + "\r\n",
                next.replace("Host: gateway\r\n", "") + "Content-Length: 0\r\n\r\n",
                next.replace(NEXT, "/v1/assignments/%2e%2e/enrollments") + "Content-Length: 0\r\n\r\n",
                next.replace(NEXT, "/v1/assignments//result") + "Content-Length: 0\r\n\r\n",
                next.replace(NEXT, "/v1/assignments/../../etc/passwd") + "Content-Length: 0\r\n\r\n",
                next.replace(NEXT, "/v1/assignments/%2fetc/result") + "Content-Length: 0\r\n\r\n",
                next.replace(NEXT, "/v1/assignments/a%00b/result") + "Content-Length: 0\r\n\r\n",
                next.replace("POST", "EXEC") + "Content-Length: 0\r\n\r\n");
    }

    @ParameterizedTest
    @MethodSource("rawRequests")
    void shouldRefuseWhatIsHardlyHttp(String request) throws Exception {
        try (AgentClient agent = running.agent(node)) {
            // given request when
            int status = agent.raw(request);
            // then
            assertThat(status).isBetween(400, 505);
            assertTheJoinIsUnharmed();
        }
    }

    private static Handshake forged(String name, Forgery forgery) {
        return new Handshake("certificate: " + name, on -> {
            try (AgentClient client = on.running.agent(forgery.of(on))) {
                return client.post(NEXT, POLL);
            }
        });
    }

    private static Row row(String name, int status, Attempt attempt) {
        return new Row(name, status, ErrorCode.AGENT_IDENTITY_MISMATCH, attempt);
    }

    private static Row misnamed(String name, GeneralName... names) {
        return row("certificate with " + name, 403, on -> {
            try (AgentClient client = on.running.agent(on.genuine().named(names))) {
                return client.post(NEXT, POLL);
            }
        });
    }

    private interface Body {
        String of(GatewayRefusalsIT gateway) throws Exception;
    }

    private static Row enrollment(String name, int status, ErrorCode code, Body body) {
        return new Row("enrollment with " + name, status, code, on -> {
            // Each from an address of its own, since attempts of one address are limited.
            try (AgentClient client = on.running.strangerAt("127.0.1." + on.rows)) {
                return client.post(ENROLL, body.of(on));
            }
        });
    }

    /** @param path or the last part of the path of an assignment */
    private static Row message(String name, int status, String path, String body) {
        return new Row(name, status, ErrorCode.COMMAND_UNKNOWN, on -> {
            try (AgentClient client = on.running.agent(on.node)) {
                return client.post(path.startsWith("/") ? path : on.own(path), body);
            }
        });
    }

    private static Row route(String method, String path, int status) {
        return new Row(method + " " + path, status, ErrorCode.COMMAND_UNKNOWN, on -> {
            try (AgentClient client = on.running.agent(on.node)) {
                return client.send(method, path);
            }
        });
    }

    private static void assertRefused(Row row, HttpResponse<String> refused) {
        assertThat(refused.statusCode()).isEqualTo(row.status());
        assertThat(problem(refused).code()).isEqualTo(row.code());
    }

    /** Its agent is served, may renew, and its join was told nothing. */
    private void assertTheJoinIsUnharmed() throws Exception {
        try (AgentClient honest =
                running.agent(keys, ClientCertificate.of(running.agentCa, node).chain(keys))) {
            assertThat(honest.post(own("progress"), progress()).statusCode()).isEqualTo(204);
            assertThat(honest.post(RENEW, renewal()).statusCode()).isEqualTo(200);
        }
        assertThat(running.workflows.reports).isEmpty();
        assertThat(running.workflows.boundKey(node)).isEqualTo(TestPki.base64(keys));
    }

    private ClientCertificate genuine() {
        return ClientCertificate.of(running.agentCa, node);
    }

    private AgentIdentity earlier() {
        return Samples.agent(node.node().name().value(), "0");
    }

    private AgentIdentity elsewhere() {
        return new AgentIdentity(
                new NodeRef(new ClusterName("test"), node.node().name()), node.join());
    }

    private String own(String act) {
        return "/v1/assignments/" + Samples.id(node, "a-1") + "/" + act;
    }

    private String proof(String secret, KeyPair with) {
        return proof(secret, TestPki.base64(with));
    }

    private String proof(String secret, String key) {
        return json(new EnrollmentRequest(node.node().cluster(), node.node().name(), secret, key, null, null));
    }

    private static KeyPair rsa() throws GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(2048);
        return generator.generateKeyPair();
    }

    private static String offTheCurve() {
        byte[] der = TestPki.keyPair().getPublic().getEncoded();
        der[der.length - 1] ^= 1;
        return Base64.getEncoder().encodeToString(der);
    }

    private static GeneralName uri(String text) {
        return ClientCertificate.uri(text);
    }

    private static GeneralName dns(String name) {
        return new GeneralName(GeneralName.dNSName, name);
    }

    private static String renewal() {
        return json(new RenewalRequest(UUID.fromString(INSTANCE)));
    }

    private static String progress() {
        return json(Samples.progress(CommandMilestone.StepCompleted, "kubelet"));
    }

    private static String result() {
        return json(Samples.reset());
    }

    private static String json(Object value) {
        return new String(JSON.write(value), StandardCharsets.UTF_8);
    }

    private static Problem problem(HttpResponse<String> response) {
        return JSON.read(response.body().getBytes(StandardCharsets.UTF_8), Problem.class)
                .orElseThrow();
    }
}

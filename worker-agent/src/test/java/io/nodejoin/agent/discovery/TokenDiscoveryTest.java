package io.nodejoin.agent.discovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsServer;
import io.nodejoin.protocol.discovery.BootstrapToken;
import io.nodejoin.protocol.discovery.CaPin;
import io.nodejoin.protocol.discovery.ClusterInfoSignature;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TokenDiscoveryTest {
    private static final BootstrapToken TOKEN = BootstrapToken.parse("abcdef.0123456789abcdef");

    private final List<String> seen = Collections.synchronizedList(new ArrayList<>());
    private final List<Map<String, String>> answers = Collections.synchronizedList(new ArrayList<>());
    private final List<Duration> pauses = new ArrayList<>();
    /** What the n-th request is told to wait. */
    private final Map<Integer, String> rejections = new ConcurrentHashMap<>();
    /** The n-th request whose connection ends without an answer. */
    private final Set<Integer> silences = ConcurrentHashMap.newKeySet();

    private final List<HttpsServer> servers = new ArrayList<>();
    private TestTls tls;

    @BeforeAll
    void makeCertificates() {
        tls = new TestTls();
    }

    @BeforeEach
    void forget() {
        seen.clear();
        answers.clear();
        pauses.clear();
        rejections.clear();
        silences.clear();
    }

    @AfterEach
    void stopServers() {
        servers.forEach(server -> server.stop(0));
        servers.clear();
    }

    /** Answers the n-th request with the n-th answer, and all later ones with the last. */
    private void answer(HttpExchange exchange) throws IOException {
        seen.add(exchange.getRequestURI() + " " + exchange.getRequestHeaders().entrySet());
        if (silences.contains(seen.size())) {
            throw new IOException("the API server stops");
        }
        String retryAfter = rejections.get(seen.size());
        if (retryAfter != null) {
            exchange.getResponseHeaders().set("Retry-After", retryAfter);
            exchange.sendResponseHeaders(429, -1);
            exchange.close();
            return;
        }
        Map<String, String> data = answers.get(Math.min(seen.size(), answers.size()) - 1);
        byte[] body = new JsonMapper().writeValueAsBytes(Map.of("data", data));
        exchange.sendResponseHeaders(200, body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }

    private HttpsServer serve(String alias) {
        HttpsServer server = tls.serve(alias, this::answer);
        servers.add(server);
        return server;
    }

    private static String kubeconfig(X509Certificate... authorities) {
        String cluster = "- name: \"\"\n  cluster:\n    server: https://127.0.0.1\n    certificate-authority-data: "
                + Base64.getEncoder()
                        .encodeToString(Pem.encode(List.of(authorities)).getBytes(StandardCharsets.UTF_8))
                + "\n";
        return "apiVersion: v1\nkind: Config\nclusters:\n" + cluster;
    }

    private static Map<String, String> signed(String kubeconfig) {
        return Map.of(
                "kubeconfig", kubeconfig, TOKEN.id().signatureKey(), ClusterInfoSignature.sign(TOKEN, kubeconfig));
    }

    private TrustedCluster discover(HttpsServer server) throws InterruptedException {
        TokenDiscovery discovery = new TokenDiscovery(Clock.systemUTC(), pauses::add, new Random(1));
        return discovery.discover(TestTls.at(server), List.of(CaPin.of(tls.certificate("ca"))), TOKEN);
    }

    private TrustedCluster discoverWithPausesOf(Duration pause, URI apiServer) throws InterruptedException {
        List<Instant> now = new ArrayList<>(List.of(Instant.EPOCH));
        TokenDiscovery discovery = new TokenDiscovery(
                ((InstantSource) now::getFirst).withZone(ZoneOffset.UTC),
                _ -> now.set(0, now.getFirst().plus(pause)),
                new Random(1));
        return discovery.discover(apiServer, List.of(CaPin.of(tls.certificate("ca"))), TOKEN);
    }

    private void assertRefused(ThrowingCallable discovery, String code) {
        assertThatThrownBy(discovery).hasMessageContaining(code);
        assertThat(seen).noneMatch(request -> request.contains(TOKEN.secret()) || request.contains("Authorization"));
    }

    @Test
    void shouldTrustClusterWithRightSignatureAndPinWithoutSendingCredential() throws InterruptedException {
        // given
        answers.add(signed(kubeconfig(tls.certificate("ca"))));

        // when
        TrustedCluster cluster = discover(serve("server"));

        // then
        assertThat(cluster.authorities()).containsExactly(tls.certificate("ca"));
        assertThat(seen)
                .hasSize(2)
                .allMatch(request -> request.startsWith("/api/v1/namespaces/kube-public/configmaps/cluster-info "))
                .noneMatch(request -> request.contains("Authorization"));
    }

    @Test
    void shouldTrustOnlyThePinnedCaOfSeveral() throws InterruptedException {
        // given
        answers.add(signed(kubeconfig(tls.certificate("otherca"), tls.certificate("ca"))));

        // when
        TrustedCluster cluster = discover(serve("server"));

        // then
        assertThat(cluster.authorities()).containsExactly(tls.certificate("ca"));
    }

    @Test
    void shouldWaitForTheSignature() throws InterruptedException {
        // given
        String kubeconfig = kubeconfig(tls.certificate("ca"));
        answers.add(Map.of("kubeconfig", kubeconfig));
        answers.add(Map.of("kubeconfig", kubeconfig));
        answers.add(signed(kubeconfig));

        // when
        discover(serve("server"));

        // then
        assertThat(seen).hasSize(4);
        assertThat(pauses).hasSize(2);
        assertThat(pauses.getFirst()).isBetween(Duration.ofMillis(100), Duration.ofMillis(200));
        assertThat(pauses.getLast()).isBetween(Duration.ofMillis(200), Duration.ofMillis(400));
    }

    @Test
    void shouldWaitAtLeastAsLongAsRetryAfterRequires() throws InterruptedException {
        // given a rejection of either read
        answers.add(signed(kubeconfig(tls.certificate("ca"))));
        rejections.put(1, "1");
        rejections.put(3, "1");

        // when
        discover(serve("server"));

        // then
        assertThat(seen).hasSize(4);
        assertThat(pauses)
                .hasSize(2)
                .allSatisfy(pause -> assertThat(pause).isBetween(Duration.ofMillis(1100), Duration.ofMillis(1200)));
    }

    @ParameterizedTest
    @CsvSource({"3600,2", "99999999999,0", "soon,0", "-1,0"})
    void shouldNotLetAProgressReportDelayTheJoin(String retryAfter, int seconds) throws InterruptedException {
        // given
        answers.add(signed(kubeconfig(tls.certificate("ca"))));
        rejections.put(1, retryAfter);

        // when
        discover(serve("server"));

        // then
        Duration wish = Duration.ofSeconds(seconds);
        assertThat(pauses)
                .singleElement()
                .satisfies(pause -> assertThat(pause).isBetween(wish.plusMillis(100), wish.plusMillis(200)));
    }

    @Test
    void shouldWaitLongerAfterEachRejection() throws InterruptedException {
        // given
        answers.add(signed(kubeconfig(tls.certificate("ca"))));
        rejections.putAll(Map.of(1, "1", 2, "1", 3, "1"));

        // when
        discover(serve("server"));

        // then
        assertThat(pauses).hasSize(3).isSorted();
        assertThat(pauses.getLast()).isBetween(Duration.ofMillis(1400), Duration.ofMillis(1800));
    }

    @Test
    void shouldRetryIfTheApiServerRestartsAtEitherRead() throws InterruptedException {
        // given
        answers.add(signed(kubeconfig(tls.certificate("ca"))));
        silences.addAll(Set.of(1, 2, 4));

        // when
        TrustedCluster cluster = discover(serve("server"));

        // then
        assertThat(cluster.authorities()).containsExactly(tls.certificate("ca"));
        assertThat(seen).hasSize(5);
    }

    @Test
    void shouldWaitLongerThanARestartTakes() throws InterruptedException {
        // given
        answers.add(signed(kubeconfig(tls.certificate("ca"))));
        rejections.putAll(Map.of(1, "1", 2, "1"));
        HttpsServer server = serve("server");

        // when
        discoverWithPausesOf(Duration.ofSeconds(35), TestTls.at(server));

        // then
        assertThat(seen).hasSize(4);
    }

    @Test
    void shouldReportWhyThereWasNoResponse() {
        // given
        HttpsServer server = serve("server");
        URI apiServer = TestTls.at(server);
        server.stop(0);

        // when
        ThrowingCallable discover = () -> discoverWithPausesOf(Duration.ofSeconds(71), apiServer);

        // then
        assertThatThrownBy(discover)
                .hasMessageContaining("CLUSTER_INFO_SIGNATURE_MISSING")
                .hasMessageContaining("ConnectException");
    }

    @Test
    void shouldTimeOutIfTheApiServerKeepsRejecting() {
        // given
        rejections.putAll(Map.of(1, "1", 2, "1"));
        HttpsServer server = serve("server");

        // when
        ThrowingCallable discover = () -> discoverWithPausesOf(Duration.ofSeconds(71), TestTls.at(server));

        // then
        assertRefused(discover, "CLUSTER_INFO_SIGNATURE_MISSING");
    }

    @Test
    void shouldTimeOutWithoutASignature() {
        // given
        answers.add(Map.of("kubeconfig", kubeconfig(tls.certificate("ca"))));
        HttpsServer server = serve("server");

        // when
        ThrowingCallable discover = () -> discoverWithPausesOf(Duration.ofSeconds(71), TestTls.at(server));

        // then
        assertRefused(discover, "CLUSTER_INFO_SIGNATURE_MISSING");
    }

    @Test
    void shouldRefuseOtherAuthorityThoughItsTextIsSigned() {
        // given
        answers.add(signed(kubeconfig(tls.certificate("otherca"))));
        HttpsServer server = serve("otherserver");

        // when
        ThrowingCallable discover = () -> discover(server);

        // then
        assertRefused(discover, "CA_PIN_MISMATCH");
    }

    @Test
    void shouldRefuseEndpointThatReplaysGenuineTextUnderAnotherCertificate() {
        // given
        answers.add(signed(kubeconfig(tls.certificate("ca"))));
        HttpsServer server = serve("otherserver");

        // when
        ThrowingCallable discover = () -> discover(server);

        // then
        assertRefused(discover, "CA_PIN_MISMATCH");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://127.0.0.1:1",
                "https:///a",
                "https://user:pass@127.0.0.1:1",
                "https://127.0.0.1:1/\u202e",
                "file:///etc/passwd",
                "127.0.0.1"
            })
    void shouldSendNoRequestToAUrlThatIsNotHttpsWithAHost(String url) {
        // given
        TokenDiscovery discovery = new TokenDiscovery(Clock.systemUTC(), _ -> {}, new Random(1));

        // when
        ThrowingCallable discover = () -> discovery.discover(URI.create(url), List.of(), TOKEN);

        // then
        assertRefused(discover, "COMMAND_UNKNOWN");
        assertThat(seen).isEmpty();
    }

    @Test
    void shouldLimitTheSizeOfAResponse() {
        // given
        answers.add(Map.of("kubeconfig", "a".repeat(2_000_000), TOKEN.id().signatureKey(), "x"));
        HttpsServer server = serve("server");

        // when
        ThrowingCallable discover = () -> discoverWithPausesOf(Duration.ofSeconds(71), TestTls.at(server));

        // then
        assertRefused(discover, "CLUSTER_INFO_SIGNATURE_MISSING");
    }

    @Test
    void shouldRefuseTextThatChangesBetweenTheReads() {
        // given
        answers.add(signed(kubeconfig(tls.certificate("ca"))));
        answers.add(signed(kubeconfig(tls.certificate("ca"), tls.certificate("otherca"))));
        HttpsServer server = serve("server");

        // when
        ThrowingCallable discover = () -> discover(server);

        // then
        assertRefused(discover, "CLUSTER_INFO_CHANGED");
    }

    @Test
    void shouldRefuseTwoClusters() {
        // given
        String text = kubeconfig(tls.certificate("ca"));
        answers.add(signed(text + text.substring(text.indexOf("- name"))));
        HttpsServer server = serve("server");

        // when
        ThrowingCallable discover = () -> discover(server);

        // then
        assertRefused(discover, "CA_PIN_MISMATCH");
    }
}

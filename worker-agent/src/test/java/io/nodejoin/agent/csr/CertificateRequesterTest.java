package io.nodejoin.agent.csr;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.nodejoin.agent.discovery.ClusterConnection;
import io.nodejoin.agent.discovery.TestTls;
import io.nodejoin.agent.host.HostException;
import io.nodejoin.agent.key.TestKeys;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.NodeName;
import io.nodejoin.protocol.discovery.BootstrapToken;
import java.io.IOException;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CertificateRequesterTest {
    private static final BootstrapToken TOKEN = BootstrapToken.parse("abcdef.0123456789abcdef");
    private static final NodeName NODE = new NodeName("w1");
    private static final String PATH = "/apis/certificates.k8s.io/v1/certificatesigningrequests";

    private final KeyPair key = TestKeys.generate();
    private TestTls tls;
    private FakeApiServer server;
    private Instant now;

    @BeforeAll
    void makeCertificates() {
        tls = new TestTls();
    }

    @BeforeEach
    void serve() {
        server = new FakeApiServer(tls, TOKEN);
        now = Instant.EPOCH;
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private List<X509Certificate> request() throws InterruptedException {
        return request(Instant.MAX);
    }

    private List<X509Certificate> request(Instant expiresAt) throws InterruptedException {
        InstantSource time = () -> now;
        CertificateRequester requester =
                new CertificateRequester(time.withZone(ZoneOffset.UTC), pause -> now = now.plus(pause), new Random(1));
        try (ClusterConnection connection = ClusterConnection.open(server.cluster())) {
            return requester.request(connection, TOKEN, new CsrObject(NODE, key, null), expiresAt);
        }
    }

    private HostException failure(Instant expiresAt) {
        return catchThrowableOfType(HostException.class, () -> request(expiresAt));
    }

    private void assertIssued(List<X509Certificate> chain) {
        assertThat(chain.getFirst().getPublicKey()).isEqualTo(key.getPublic());
        assertThat(chain.getFirst().getSubjectX500Principal().getName()).isEqualTo("CN=system:node:w1,O=system:nodes");
    }

    @Test
    void shouldGetTheCertificateWithOneCreationAndOneWatch() throws InterruptedException {
        // when
        List<X509Certificate> chain = request();

        // then
        assertIssued(chain);
        String name = server.csrs().keySet().iterator().next();
        assertThat(name).matches("node-csr-[0-9a-f]{64}");
        assertThat(server.requests())
                .containsExactly(
                        "POST " + PATH,
                        "GET " + PATH + "?watch=true&fieldSelector=metadata.name%3D" + name + "&timeoutSeconds=30");
    }

    @Test
    void shouldRequestWhatAKubeletRequests() throws InterruptedException {
        // when
        request();

        // then
        JsonNode spec = server.csrs().values().iterator().next().path("spec");
        assertThat(spec.path("signerName").asText()).isEqualTo("kubernetes.io/kube-apiserver-client-kubelet");
        assertThat(spec.path("usages")).hasToString("[\"digital signature\",\"client auth\"]");
        assertThat(spec.has("expirationSeconds")).isFalse();
    }

    @Test
    void shouldRequestTheLifetimeThatItIsTold() {
        // when
        ObjectNode object = object(new CsrObject(NODE, key, 86_400).json("name"));

        // then
        assertThat(object.at("/spec/expirationSeconds").asInt()).isEqualTo(86_400);
    }

    @Test
    void shouldFindItsRequestAgainAfterALostResponse() throws InterruptedException {
        // given
        server.loseNextResponse();

        // when
        List<X509Certificate> chain = request();

        // then
        assertIssued(chain);
        assertThat(server.csrs()).hasSize(1);
    }

    @Test
    void shouldFindTheRequestOfAnEarlierProcess() throws InterruptedException {
        // given
        List<X509Certificate> first = request();

        // when
        List<X509Certificate> second = request();

        // then
        assertThat(second).isEqualTo(first);
        assertThat(server.csrs()).hasSize(1);
    }

    @Test
    void shouldUseAnotherNameIfAThiefHasTakenIts() throws InterruptedException {
        // given the name of this key and token, with a request for another key
        request();
        String name = server.csrs().keySet().iterator().next();
        ObjectNode thiefs = object(new CsrObject(NODE, TestKeys.generate(), null).json(name));
        server.store(name, thiefs);

        // when
        List<X509Certificate> chain = request();

        // then
        assertIssued(chain);
        assertThat(server.csrs()).hasSize(2).containsEntry(name, thiefs);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"signerName\":\"kubernetes.io/kube-apiserver-client\"}",
                "{\"usages\":[\"server auth\"]}",
                "{\"expirationSeconds\":600}",
                "{\"request\":\"?\"}",
                "{\"request\":\"\"}",
            })
    void shouldUseAnotherNameIfItsKeyIsRequestedOtherwise(String otherwise) throws InterruptedException {
        // given
        request();
        String name = server.csrs().keySet().iterator().next();
        ObjectNode thiefs = object(new CsrObject(NODE, key, null).json(name));
        thiefs.withObject("/spec").setAll(object(otherwise));
        server.store(name, thiefs);

        // when
        List<X509Certificate> chain = request();

        // then
        assertIssued(chain);
        assertThat(server.csrs()).hasSize(2);
    }

    private static ObjectNode object(String json) {
        try {
            return (ObjectNode) new JsonMapper().readTree(json);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {401, 403, 429, 500, 503})
    void shouldTryAgainAfterATemporaryRejection(int status) throws InterruptedException {
        // given
        server.reject(status, status);

        // when
        List<X509Certificate> chain = request();

        // then
        assertIssued(chain);
        assertThat(now).isAfter(Instant.EPOCH);
    }

    @Test
    void shouldWatchAgainOnceAWatchHasEnded() throws InterruptedException {
        // given
        server.endWatchesEarly(2);

        // when
        List<X509Certificate> chain = request();

        // then
        assertIssued(chain);
        assertThat(server.csrs()).hasSize(1);
    }

    @Test
    void shouldEndAtOnceIfTheRequestIsInvalid() {
        // given
        server.reject(422);

        // when
        HostException failure = failure(Instant.MAX);

        // then
        assertThat(failure.problem().code()).isEqualTo(ErrorCode.CERTIFICATE_NOT_ISSUED);
        assertThat(failure.problem().detail()).contains("422");
        assertThat(now).isEqualTo(Instant.EPOCH);
    }

    @Test
    void shouldRejectACertificateForAnotherKey() {
        // given
        server.signOther(_ -> TestKeys.generate().getPublic());

        // when
        HostException failure = failure(Instant.MAX);

        // then
        assertThat(failure.problem().code()).isEqualTo(ErrorCode.CERTIFICATE_NOT_ISSUED);
        assertThat(failure.problem().detail()).contains("another key");
    }

    @Test
    void shouldReportATokenThatStaysUnknownAsLost() {
        // given
        server.revoke();

        // when
        HostException failure = failure(Instant.MAX);

        // then
        assertThat(failure.problem().code()).isEqualTo(ErrorCode.TOKEN_LOST);
        assertThat(Duration.between(Instant.EPOCH, now).toSeconds()).isBetween(30L, 32L);
    }

    @ParameterizedTest
    @ValueSource(longs = {20, 100_000})
    void shouldGiveUpAtTheExpiryOrAfterThreeMinutes(long expiry) {
        // given
        server.reject(Collections.nCopies(500, 503).toArray(Integer[]::new));

        // when
        HostException failure = failure(Instant.EPOCH.plusSeconds(expiry));

        // then
        assertThat(failure.problem().code()).isEqualTo(ErrorCode.CERTIFICATE_NOT_ISSUED);
        assertThat(failure.problem().detail()).contains("503");
        assertThat(Duration.between(Instant.EPOCH, now).toSeconds())
                .isBetween(Math.min(expiry, 180), Math.min(expiry, 180) + 2);
    }

    @Test
    void shouldWaitUntilItIsInterruptedIfItsRequestIsDenied() throws InterruptedException {
        // given
        server.deny();
        CompletableFuture<List<X509Certificate>> end = new CompletableFuture<>();
        Thread waiting = Thread.ofVirtual().start(() -> {
            try {
                end.complete(request());
            } catch (InterruptedException | RuntimeException e) {
                end.completeExceptionally(e);
            }
        });
        server.awaitWatch();

        // when
        waiting.interrupt();

        // then
        assertThat(catchThrowableOfType(ExecutionException.class, end::get))
                .hasCauseInstanceOf(InterruptedException.class);
    }
}

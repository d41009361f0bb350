package io.nodejoin.agent.discovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.nodejoin.agent.host.HostException;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.discovery.BootstrapToken;
import io.nodejoin.protocol.discovery.CaPin;
import io.nodejoin.protocol.discovery.ClusterInfoSignature;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** An endpoint that is not what the command means learns nothing that it could use, whatever it shows. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DiscoveryRefusalTest {
    private static final BootstrapToken TOKEN = BootstrapToken.parse("abcdef.0123456789abcdef");
    /** Nobody writes fewer of them by accident. */
    private static final int FORGERIES = 50;

    private TestTls tls;

    @BeforeAll
    void makeCertificates() {
        tls = new TestTls();
    }

    private String kubeconfig(String... authorities) {
        String pem = Pem.encode(Arrays.stream(authorities).map(tls::certificate).toList());
        return """
                apiVersion: v1
                clusters:
                - cluster:
                    certificate-authority-data: %s
                    server: https://127.0.0.1:6443
                  name: ""
                kind: Config
                """.formatted(Base64.getEncoder().encodeToString(pem.getBytes(StandardCharsets.UTF_8)));
    }

    private Stream<Arguments> forgeries() {
        return ForgedSignatures.of(TOKEN, kubeconfig("ca")).entrySet().stream()
                .map(forgery -> Arguments.of(forgery.getKey(), forgery.getValue()));
    }

    private Stream<Arguments> swappedTexts() {
        String text = kubeconfig("ca");
        return Stream.of(
                Arguments.of("another server", text.replace("6443", "6444")),
                Arguments.of("another CA", kubeconfig("otherca")),
                Arguments.of("one CA more", kubeconfig("ca", "otherca")),
                Arguments.of("one newline more", text + "\n"),
                Arguments.of("other line ends", text.replace("\n", "\r\n")),
                Arguments.of("byte order mark", "\ufeff" + text),
                Arguments.of("a credential", text + "users: [{name: x, user: {token: y}}]\n"),
                Arguments.of("nothing", ""));
    }

    @Test
    void shouldHaveAtLeastFiftyDifferentForgeriesAndNotTheGenuineSignature() {
        assertThat(ForgedSignatures.of(TOKEN, kubeconfig("ca")).values())
                .hasSizeGreaterThanOrEqualTo(FORGERIES)
                .doesNotHaveDuplicates()
                .doesNotContain(ClusterInfoSignature.sign(TOKEN, kubeconfig("ca")));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("forgeries")
    void shouldRefuseForgedSignatureAfterOneRead(String what, String signature) throws IOException {
        // given
        try (RecordingServer server = server("server", answer(kubeconfig("ca"), signature))) {

            // when
            HostException refusal = refusal(server);

            // then
            assertThat(refusal.problem().code()).as(what).isEqualTo(ErrorCode.CLUSTER_INFO_SIGNATURE_INVALID);
            hasLearnedNothing(server, 1);
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("swappedTexts")
    void shouldRefuseSwappedTextUnderTheGenuineSignature(String what, String swapped) throws IOException {
        // given
        String genuine = ClusterInfoSignature.sign(TOKEN, kubeconfig("ca"));
        try (RecordingServer server = server("server", answer(swapped, genuine))) {

            // when
            HostException refusal = refusal(server);

            // then
            assertThat(refusal.problem().code()).as(what).isEqualTo(ErrorCode.CLUSTER_INFO_SIGNATURE_INVALID);
            hasLearnedNothing(server, 1);
        }
    }

    @Test
    void shouldRefuseAnotherAuthorityThoughTheSignatureIsRight() throws IOException {
        // given what a cluster's own signer makes of an edited text
        try (RecordingServer server = server("otherserver", signed(kubeconfig("otherca")))) {

            // when
            HostException refusal = refusal(server);

            // then
            assertThat(refusal.problem().code()).isEqualTo(ErrorCode.CA_PIN_MISMATCH);
            hasLearnedNothing(server, 1);
        }
    }

    @Test
    void shouldRejectAReplayedResponseWithoutTheKeyOfTheCa() throws IOException {
        // given
        try (RecordingServer server = server("otherserver", signed(kubeconfig("ca")))) {

            // when
            HostException refusal = refusal(server);

            // then
            assertThat(refusal.problem().code()).isEqualTo(ErrorCode.CA_PIN_MISMATCH);
            hasLearnedNothing(server, 1);
            assertThat(server.connections()).isEqualTo(2);
        }
    }

    @Test
    void shouldRefuseTextThatChangesBetweenTheReadsThoughBothAreSigned() throws IOException {
        // given
        try (RecordingServer server = server("server", signed(kubeconfig("ca")), signed(kubeconfig("ca", "otherca")))) {

            // when
            HostException refusal = refusal(server);

            // then
            assertThat(refusal.problem().code()).isEqualTo(ErrorCode.CLUSTER_INFO_CHANGED);
            hasLearnedNothing(server, 2);
        }
    }

    @Test
    void shouldSendNoCredentialToTheRightEndpointEither() throws IOException, InterruptedException {
        // given
        try (RecordingServer server = server("server", signed(kubeconfig("ca")))) {

            // when
            TrustedCluster cluster = discover(server);

            // then
            assertThat(cluster.authorities()).containsExactly(tls.certificate("ca"));
            hasLearnedNothing(server, 2);
        }
    }

    private RecordingServer server(String identity, String... answers) throws IOException {
        return new RecordingServer(tls.context(identity), List.of(answers));
    }

    private static String signed(String kubeconfig) {
        return answer(kubeconfig, ClusterInfoSignature.sign(TOKEN, kubeconfig));
    }

    private static String answer(String kubeconfig, String signature) {
        try {
            return new JsonMapper()
                    .writeValueAsString(Map.of(
                            "data", Map.of("kubeconfig", kubeconfig, TOKEN.id().signatureKey(), signature)));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    private HostException refusal(RecordingServer server) {
        return catchThrowableOfType(HostException.class, () -> discover(server));
    }

    private TrustedCluster discover(RecordingServer server) throws InterruptedException {
        X509Certificate authority = tls.certificate("ca");
        return new TokenDiscovery(Clock.systemUTC(), _ -> {}, new Random(1))
                .discover(server.address(), List.of(CaPin.of(authority)), TOKEN);
    }

    /** It was asked so often for what anybody may read; it saw no part of the token and no credential. */
    private static void hasLearnedNothing(RecordingServer server, int requests) {
        String received = server.received();
        byte[] secret = TOKEN.secret().getBytes(StandardCharsets.UTF_8);
        assertThat(server.requests()).isEqualTo(requests);
        assertThat(received.split("GET /api/v1/namespaces/kube-public/configmaps/cluster-info HTTP/1.1\r\n", -1))
                .hasSize(requests + 1);
        assertThat(received)
                .doesNotContain(TOKEN.secret())
                .doesNotContain(TOKEN.id().value())
                .doesNotContain(Base64.getEncoder().withoutPadding().encodeToString(secret))
                .doesNotContain(HexFormat.of().formatHex(secret));
        assertThat(received.toLowerCase(Locale.ROOT))
                .doesNotContain("authorization")
                .doesNotContain("bearer")
                .doesNotContain("cookie");
    }
}

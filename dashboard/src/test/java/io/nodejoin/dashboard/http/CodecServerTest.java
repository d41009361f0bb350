package io.nodejoin.dashboard.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.nodejoin.dashboard.access.Access;
import io.nodejoin.dashboard.access.SignIn;
import io.nodejoin.dashboard.access.TestIssuer;
import io.nodejoin.dashboard.access.TestUsers;
import io.nodejoin.dashboard.preview.InventedJoins;
import io.nodejoin.dashboard.preview.PreviewServer;
import io.nodejoin.visibility.payload.PayloadDecoder;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CodecServerTest {
    private static final Instant NOW = Instant.parse("2026-11-30T10:00:00Z");
    private static final byte[] KEY = "the key of all replicas".getBytes(StandardCharsets.UTF_8);
    private static final String TEMPORAL_UI = "http://127.0.0.1:8233";
    /** Stands for decryption. */
    private static final PayloadDecoder UPPER_CASE = body -> {
        String text = new String(body, StandardCharsets.UTF_8);
        return text.startsWith("{")
                ? Optional.of(new PayloadDecoder.Decoded(
                        text.toUpperCase(Locale.ROOT), new TreeSet<>(Set.of("node-join/fra-1/a", "b\n\u00e4"))))
                : Optional.empty();
    };

    private final InventedJoins joins = new InventedJoins(1, NOW, 3);
    private final TestBrowser client = new TestBrowser();
    private PreviewServer server = serving(new Access.LocalReadOnly(), UPPER_CASE);

    private PreviewServer serving(Access access, PayloadDecoder payloads) {
        return new PreviewServer(access, joins, () -> NOW, 0, payloads);
    }

    private void serve(Access access, PayloadDecoder payloads) {
        server.close();
        server = serving(access, payloads);
    }

    @AfterEach
    void stop() {
        server.close();
        client.close();
    }

    private HttpResponse<String> decode(String body, String... headers) throws Exception {
        return client.send(server.address(), "POST", "/codec/decode", body, headers);
    }

    private HttpResponse<String> preflight(String origin) throws Exception {
        return client.send(
                server.address(),
                "OPTIONS",
                "/codec/decode",
                "",
                "Origin",
                origin,
                "Access-Control-Request-Method",
                "POST",
                "Access-Control-Request-Headers",
                "authorization,content-type,x-namespace");
    }

    @Test
    void shouldDecodeForACommandOfThisMachine() throws Exception {
        // when
        HttpResponse<String> decoded = decode("{a}", "Content-Type", "application/json", "X-Namespace", "default");

        // then
        assertThat(decoded.statusCode()).isEqualTo(200);
        assertThat(decoded.body()).isEqualTo("{A}");
        assertThat(decoded.headers().firstValue("Content-Type")).hasValue("application/json");
        assertThat(decoded.headers().firstValue("Cache-Control")).hasValue("no-store");
        assertThat(decoded.headers().firstValue("Nodejoin-Workflow-Id")).hasValue("b??, node-join/fra-1/a");
    }

    @Test
    void shouldLetThePagesOfTemporalReadWithTheirCredentials() throws Exception {
        // when
        HttpResponse<String> asked = preflight(TEMPORAL_UI);
        HttpResponse<String> decoded = decode("{a}", "Origin", TEMPORAL_UI);

        // then
        assertThat(asked.statusCode()).isEqualTo(200);
        assertThat(asked.headers().firstValue("Access-Control-Allow-Origin")).hasValue(TEMPORAL_UI);
        assertThat(asked.headers().firstValue("Access-Control-Allow-Credentials"))
                .hasValue("true");
        assertThat(asked.headers().firstValue("Access-Control-Allow-Methods")).hasValue("POST");
        assertThat(asked.headers().firstValue("Access-Control-Allow-Headers").orElseThrow())
                .contains("Authorization", "Content-Type", "X-Namespace");
        assertThat(decoded.body()).isEqualTo("{A}");
        assertThat(decoded.headers().firstValue("Access-Control-Allow-Origin")).hasValue(TEMPORAL_UI);
        assertThat(decoded.headers().allValues("Vary")).contains("Origin");
    }

    @ParameterizedTest
    @CsvSource({"https://evil.example", "http://127.0.0.1:82331", "http://127x0.0.1:8233", "null"})
    void shouldRefuseThePagesOfOthers(String origin) throws Exception {
        // when
        HttpResponse<String> asked = preflight(origin);
        HttpResponse<String> decoded = decode("{a}", "Origin", origin);

        // then
        assertThat(asked.headers().firstValue("Access-Control-Allow-Origin")).isEmpty();
        assertThat(decoded.statusCode()).isEqualTo(403);
        assertThat(decoded.headers().firstValue("Access-Control-Allow-Origin")).isEmpty();
        assertThat(decoded.body()).contains("dashboard.temporalUi").doesNotContain("{A}");
    }

    @ParameterizedTest
    @CsvSource({
        "https://temporal.example,          https://temporal.example",
        "https://temporal.example:443/ui/,  https://temporal.example",
        "http://temporal.example:80,        http://temporal.example",
        "https://temporal.example:8080/ui,  https://temporal.example:8080",
        "http://temporal_ui:8080/,          http://temporal_ui:8080",
        "HTTPS://Temporal.Example,          https://temporal.example"
    })
    void shouldKnowTheOriginOfAnAddress(URI address, String origin) {
        // when, then
        assertThat(CodecHandler.origin(address)).isEqualTo(origin);
    }

    @Test
    void shouldDecodeOnlyForUsers() throws Exception {
        // given
        serve(TestUsers.both(), UPPER_CASE);

        // when
        HttpResponse<String> stranger = decode("{a}");
        HttpResponse<String> viewer = decode("{a}", "Authorization", TestUsers.authorization("vera", "vera"));

        // then
        assertThat(stranger.statusCode()).isEqualTo(401);
        assertThat(stranger.headers().firstValue("WWW-Authenticate").orElseThrow())
                .startsWith("Basic");
        assertThat(viewer.body()).isEqualTo("{A}");
    }

    @Test
    void shouldDecodeByABearerTokenOrASessionOfTheIssuer(@TempDir Path directory) throws Exception {
        // given
        try (TestIssuer issuer = new TestIssuer()) {
            Path secret = Files.writeString(directory.resolve("secret"), TestIssuer.secret() + "\n");
            serve(new Access.OpenId(new SignIn(issuer.settings(secret), KEY, Instant::now), null), UPPER_CASE);
            String token = "Bearer " + issuer.bearer(TestIssuer.CLIENT, "robot", "sre");
            String none = "Bearer " + issuer.bearer(TestIssuer.CLIENT, "robot", "staff");

            // when
            HttpResponse<String> stranger = decode("{a}", "Origin", TEMPORAL_UI);
            HttpResponse<String> byToken = decode("{a}", "Origin", TEMPORAL_UI, "Authorization", token);
            HttpResponse<String> withoutRole = decode("{a}", "Authorization", none);
            signIn(issuer);
            HttpResponse<String> bySession = decode("{a}", "Origin", TEMPORAL_UI);

            // then
            assertThat(stranger.statusCode()).isEqualTo(401);
            assertThat(stranger.headers().firstValue("Access-Control-Allow-Origin"))
                    .as("so that the page can show why")
                    .hasValue(TEMPORAL_UI);
            assertThat(byToken.body()).isEqualTo("{A}");
            assertThat(withoutRole.statusCode()).isEqualTo(403);
            assertThat(bySession.body()).isEqualTo("{A}");
        }
    }

    private void signIn(TestIssuer issuer) throws Exception {
        String request = client.get(server.address(), "/sign-in")
                .headers()
                .firstValue("Location")
                .orElseThrow();
        URI back = issuer.authorize(URI.create(request), "vera", "sre");
        client.get(server.address(), back.getPath() + "?" + back.getQuery());
    }

    @Test
    void shouldTakeABodyOfFourMebibytesAndNoLongerOne() throws Exception {
        // given
        String longest = "{" + "a".repeat(4 * 1024 * 1024 - 1);

        // when, then
        assertThat(decode(longest).statusCode()).isEqualTo(200);
        assertThat(decode(longest + "a").statusCode()).isEqualTo(413);
    }

    @Test
    void shouldAnswerWhenItHasADefect() throws Exception {
        // given
        serve(new Access.LocalReadOnly(), _ -> {
            throw new IllegalStateException("a secret");
        });

        // when
        HttpResponse<String> answer = decode("{a}");

        // then
        assertThat(answer.statusCode()).isEqualTo(500);
        assertThat(answer.body()).contains("the service log has its cause").doesNotContain("a secret");
    }

    @Test
    void shouldRefuseWhatIsNoPayload() throws Exception {
        // when
        HttpResponse<String> answer = decode("<a>");

        // then
        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(answer.headers().firstValue("Content-Type")).hasValue("application/problem+json");
        assertThat(answer.body()).contains("temporal.api.common.v1.Payloads").doesNotContain("<a>");
    }

    @ParameterizedTest
    @CsvSource({"POST, /codec/encode, 404", "GET, /codec/decode, 405", "POST, /codec, 404"})
    void shouldDoNothingElse(String method, String path, int status) throws Exception {
        // when
        HttpResponse<String> answer = client.send(server.address(), method, path, "{a}");

        // then
        assertThat(answer.statusCode()).isEqualTo(status);
        assertThat(answer.body()).doesNotContain("{A}");
    }

    @Test
    void shouldBeAbsentUnlessItIsConfigured() throws Exception {
        // given
        server.close();
        server = new PreviewServer(new Access.LocalReadOnly(), joins, () -> NOW, 0);

        // when, then
        assertThat(decode("{a}").statusCode()).isEqualTo(405);
        assertThat(client.get(server.address(), "/codec/decode").statusCode()).isEqualTo(404);
    }
}

package io.nodejoin.dashboard.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jwt.JWTClaimsSet;
import io.nodejoin.dashboard.access.Access;
import io.nodejoin.dashboard.access.SignIn;
import io.nodejoin.dashboard.access.TestIssuer;
import io.nodejoin.dashboard.access.TestIssuer.Signature;
import io.nodejoin.dashboard.access.TestUsers;
import io.nodejoin.dashboard.access.Users;
import io.nodejoin.dashboard.preview.InventedJoins;
import io.nodejoin.dashboard.preview.PreviewServer;
import io.nodejoin.visibility.join.JoinSummary;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.Map;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class OpenIdTest {
    private static final Instant NOW = Instant.parse("2026-11-30T10:00:00Z");
    private static final byte[] KEY = "the key of all replicas".getBytes(StandardCharsets.UTF_8);

    @TempDir
    private Path directory;

    private final InventedJoins joins = new InventedJoins(50, NOW, 3);
    private final TestIssuer issuer = new TestIssuer();
    private final TestBrowser browser = new TestBrowser();
    private Duration elapsed = Duration.ZERO;
    private PreviewServer server;

    @BeforeEach
    void start() throws Exception {
        server = new PreviewServer(access(KEY, TestUsers.both().users()), joins, () -> NOW, 0);
    }

    private Access access(byte[] key, @Nullable Supplier<Users> users) throws Exception {
        Path secret = Files.writeString(directory.resolve("secret"), TestIssuer.secret() + "\n");
        return new Access.OpenId(
                new SignIn(issuer.settings(secret), key, () -> Instant.now().plus(elapsed)), users);
    }

    @AfterEach
    void stop() {
        server.close();
        issuer.close();
        browser.close();
    }

    private HttpResponse<String> get(String path, String... headers) throws Exception {
        return browser.get(server.address(), path, headers);
    }

    private static String location(HttpResponse<String> response) {
        return response.headers().firstValue("Location").orElseThrow();
    }

    /** Goes to the issuer and back. */
    private HttpResponse<String> signIn(String user, String... groups) throws Exception {
        String request = location(get("/sign-in?to=%2Fjoins%3Fopen%3Don"));
        URI back = issuer.authorize(URI.create(request), user, groups);
        return get(back.getPath() + "?" + back.getQuery());
    }

    private String abortPage() {
        JoinSummary join = joins.all().stream()
                .map(InventedJoins.InventedJoin::summary)
                .filter(JoinSummary::open)
                .findFirst()
                .orElseThrow();
        return "/joins/" + join.node().cluster() + "/" + join.node().name() + "/abort";
    }

    /** Returns what proves that the form of an action was shown. */
    private static String token(HttpResponse<String> page, String action) {
        Matcher token = Pattern.compile("action=\"" + Pattern.quote(action)
                        + "\"[^>]*>\\s*<input type=\"hidden\" name=\"token\" value=\"([^\"]+)\"")
                .matcher(page.body());
        assertThat(token.find()).isTrue();
        return token.group(1);
    }

    @Test
    void shouldSendABrowserToTheIssuerWithPkceStateAndNonce() throws Exception {
        // when
        HttpResponse<String> page = get("/joins?open=on", "Sec-Fetch-Mode", "navigate");
        HttpResponse<String> signIn = get(location(page));

        // then
        assertThat(page.statusCode()).isEqualTo(303);
        assertThat(location(page)).isEqualTo("/sign-in?to=%2Fjoins%3Fopen%3Don");
        assertThat(location(signIn))
                .startsWith(issuer.uri() + "/auth?")
                .contains("response_type=code", "code_challenge_method=S256", "code_challenge=", "state=", "nonce=")
                .contains("client_id=nodejoin", "scope=openid+groups")
                .contains("redirect_uri=http%3A%2F%2Flocalhost%3A1%2Fsign-in%2Fcallback");
    }

    @Test
    void shouldSignAViewerInAndLeadToThePageThatWasAskedFor() throws Exception {
        // when
        HttpResponse<String> back = signIn("vera", "staff", "sre");

        // then
        assertThat(back.statusCode()).isEqualTo(303);
        assertThat(location(back)).isEqualTo("/joins?open=on");
        assertThat(get("/joins").body()).contains("vera, viewer", "Sign out");
        assertThat(browser.cookies()).containsOnlyKeys("__Host-nodejoin-session");
        assertThat(browser.setCookies())
                .allSatisfy(cookie -> assertThat(cookie).contains("; Path=/; ", "; Secure; HttpOnly; SameSite=Lax"));
    }

    @Test
    void shouldTellAViewerThatAnAbortIsForOperators() throws Exception {
        // given
        signIn("vera", "sre");

        // when
        HttpResponse<String> page = get(abortPage());

        // then
        assertThat(page.statusCode()).isEqualTo(403);
        assertThat(page.body()).contains("This is for the role operator", "You are vera with the role viewer");
    }

    @Test
    void shouldAbortForAnOperatorWhomTheRecordNamesBySubject() throws Exception {
        // given
        signIn("otto", "sre", "sre-oncall");
        String token = token(get(abortPage()), abortPage());

        // when
        HttpResponse<String> sent =
                browser.post(server.address(), abortPage(), Map.of("token", token, "reason", "scaled in"));

        // then
        assertThat(sent.statusCode()).isEqualTo(303);
        assertThat(joins.operators()).containsExactly("dashboard user otto, subject id-of-otto");
    }

    @Test
    void shouldShowNothingToAUserWithoutARole() throws Exception {
        // when
        HttpResponse<String> back = signIn("nora", "staff");

        // then
        assertThat(back.statusCode()).isEqualTo(403);
        assertThat(back.body()).contains("You have no role here", "knows you as nora", "claim groups");
        assertThat(browser.cookies()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(value = Signature.class, names = "ISSUERS", mode = EnumSource.Mode.EXCLUDE)
    void shouldRefuseATokenThatTheIssuerHasNotSigned(Signature signature) throws Exception {
        // given
        issuer.setSignature(signature);

        // when
        HttpResponse<String> back = signIn("otto", "sre-oncall");

        // then
        assertThat(back.statusCode()).isEqualTo(403);
        assertThat(back.body()).contains("You are not signed in", "The ID token is not valid");
        assertThat(browser.cookies()).isEmpty();
    }

    static Stream<Named<UnaryOperator<JWTClaimsSet.Builder>>> wrongClaims() {
        return Stream.of(
                Named.of("of another issuer", claims -> claims.issuer("https://other.example")),
                Named.of("for another client", claims -> claims.audience("other")),
                Named.of(
                        "expired",
                        claims -> claims.expirationTime(Date.from(Instant.now().minusSeconds(120)))),
                Named.of("without an end", claims -> claims.expirationTime(null)),
                Named.of("of another sign-in", claims -> claims.claim("nonce", "another")),
                Named.of("of none", claims -> claims.claim("nonce", null)));
    }

    @ParameterizedTest
    @MethodSource("wrongClaims")
    void shouldRefuseATokenThatIsNotForThisSignIn(UnaryOperator<JWTClaimsSet.Builder> claims) throws Exception {
        // given
        issuer.setClaims(claims);

        // when
        HttpResponse<String> back = signIn("otto", "sre-oncall");

        // then
        assertThat(back.statusCode()).isEqualTo(403);
        assertThat(back.body()).contains("The ID token is not valid");
        assertThat(browser.cookies()).isEmpty();
    }

    @Test
    void shouldRefuseAnAnswerThatThisBrowserHasNotAskedFor() throws Exception {
        // given an answer to a sign-in of somebody else, who wants this browser to act as their user
        URI stranger = issuer.authorize(URI.create(location(get("/sign-in"))), "mallory", "sre-oncall");
        browser.cookies().clear();
        String without = get(stranger.getPath() + "?" + stranger.getQuery()).body();
        get("/sign-in");

        // when
        HttpResponse<String> back = get(stranger.getPath() + "?" + stranger.getQuery());

        // then
        assertThat(without).contains("This browser began no sign-in");
        assertThat(back.statusCode()).isEqualTo(403);
        assertThat(back.body()).contains("Another sign-in was begun in this browser");
        assertThat(browser.cookies()).isEmpty();
    }

    @Test
    void shouldSayWhatTheIssuerSays() throws Exception {
        // given
        String request = location(get("/sign-in"));
        String state = request.replaceAll(".*[?&]state=([^&]+).*", "$1");

        // when
        HttpResponse<String> back =
                get("/sign-in/callback?error=access_denied&error_description=not+%3Cb%3Etoday&state=" + state);

        // then
        assertThat(back.body()).contains("The issuer says access_denied, not &lt;b&gt;today");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "code=x",
                "code=x&state=y&state=z",
                "response=a.b.c&state=y",
                "%00=%ff&&=",
                "state=%3Cscript%3E"
            })
    void shouldRefuseAnAnswerThatIsNone(String query) throws Exception {
        // given
        get("/sign-in");

        // when
        HttpResponse<String> back = get("/sign-in/callback?" + query);

        // then
        assertThat(back.statusCode()).isEqualTo(403);
        assertThat(back.body()).contains("You are not signed in").doesNotContain("<script>", "Exception");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"https://evil.example", "//evil.example", "/\\evil.example", "javascript:alert(1)", "/a\nb"})
    void shouldNotLeadToAnotherSiteAfterASignIn(String page) throws Exception {
        // given
        String to = URLEncoder.encode(page, StandardCharsets.UTF_8);
        URI back = issuer.authorize(URI.create(location(get("/sign-in?to=" + to))), "vera", "sre");

        // when
        HttpResponse<String> end = get(back.getPath() + "?" + back.getQuery());

        // then
        assertThat(location(end)).isEqualTo("/");
    }

    @Test
    void shouldAcceptTheSessionsOfReplicasWithTheSameKeyOnly() throws Exception {
        // given
        signIn("vera", "sre");

        // when
        try (PreviewServer replica = new PreviewServer(access(KEY, null), joins, () -> NOW, 0);
                PreviewServer stranger = new PreviewServer(access(new byte[32], null), joins, () -> NOW, 0)) {
            // then
            assertThat(browser.get(replica.address(), "/joins").statusCode()).isEqualTo(200);
            assertThat(browser.get(stranger.address(), "/joins").statusCode()).isEqualTo(303);
        }
    }

    @Test
    void shouldEndTheSessionOfAUserToWhomTheConfigurationGivesARoleNoLonger() throws Exception {
        // given
        signIn("otto", "sre-oncall");
        Access changed = new Access.OpenId(
                new SignIn(issuer.settings(directory.resolve("secret"), "admins"), KEY, Instant::now), null);

        // when
        try (PreviewServer restarted = new PreviewServer(changed, joins, () -> NOW, 0)) {
            // then
            assertThat(browser.get(restarted.address(), "/joins").statusCode()).isEqualTo(303);
        }
    }

    @Test
    void shouldNotTakeTheCookieOfASignInForASession() throws Exception {
        // given
        get("/sign-in");
        browser.cookies().put("__Host-nodejoin-session", browser.cookies().get("__Host-nodejoin-sign-in"));

        // when, then
        assertThat(get("/joins").statusCode()).isEqualTo(303);
    }

    @Test
    void shouldEndASessionInTime() throws Exception {
        // given
        signIn("otto", "sre-oncall");
        String token = token(get(abortPage()), abortPage());
        elapsed = Duration.ofMinutes(61);

        // when
        HttpResponse<String> form = browser.post(server.address(), abortPage(), Map.of("token", token, "reason", "x"));
        HttpResponse<String> refresh = get("/joins", "Sec-Fetch-Mode", "cors");
        HttpResponse<String> data = get("/api/v1/joins");

        // then
        assertThat(form.statusCode()).isEqualTo(401);
        assertThat(form.body()).contains("The session is over", "has not been done");
        assertThat(joins.aborted()).isEmpty();
        assertThat(refresh.statusCode()).isEqualTo(401);
        assertThat(data.statusCode()).isEqualTo(401);
        assertThat(data.headers().firstValue("WWW-Authenticate")).hasValue("Bearer");
    }

    @Test
    void shouldSignOutByAFormThatWasShown() throws Exception {
        // given
        signIn("vera", "sre");
        String token = token(get("/"), "/sign-out");
        HttpResponse<String> forged = browser.post(server.address(), "/sign-out", Map.of("token", "1.x"));

        // when
        HttpResponse<String> sent = browser.post(server.address(), "/sign-out", Map.of("token", token));

        // then
        assertThat(forged.statusCode()).isEqualTo(403);
        assertThat(location(sent)).isEqualTo("/signed-out");
        assertThat(browser.cookies()).isEmpty();
        assertThat(get("/signed-out").body()).contains("You are signed out", issuer.uri() + "/end");
        assertThat(get("/").statusCode()).isEqualTo(303);
    }

    @Test
    void shouldFollowTheIssuerToANewKey() throws Exception {
        // given
        signIn("vera", "sre");
        issuer.rotateKey();

        // when
        HttpResponse<String> back = signIn("vera", "sre");

        // then
        assertThat(back.statusCode()).isEqualTo(303);
    }

    @Test
    void shouldAcceptABearerTokenForDataAlone() throws Exception {
        // given
        String token = "Bearer " + issuer.bearer(TestIssuer.CLIENT, "robot", "sre");

        // when, then
        assertThat(get("/api/v1/joins", "Authorization", token).statusCode()).isEqualTo(200);
        assertThat(get("/joins", "Authorization", token).statusCode()).isEqualTo(303);
    }

    @Test
    void shouldRefuseABearerTokenForOthersOrWithoutARole() throws Exception {
        // given
        String other = "Bearer " + issuer.bearer("other", "robot", "sre");
        String none = "Bearer " + issuer.bearer(TestIssuer.CLIENT, "robot", "staff");

        // when
        HttpResponse<String> refused = get("/api/v1/joins", "Authorization", other);

        // then
        assertThat(refused.statusCode()).isEqualTo(401);
        assertThat(refused.body()).contains("the bearer token is not valid");
        assertThat(refused.headers().firstValue("WWW-Authenticate")).hasValue("Bearer error=\"invalid_token\"");
        assertThat(get("/api/v1/joins", "Authorization", none).statusCode()).isEqualTo(403);
        assertThat(get("/api/v1/joins", "Authorization", "Bearer x").statusCode())
                .isEqualTo(401);
    }

    @Test
    void shouldSayThatTheIssuerDoesNotAnswerAndAdmitThoseWithAPassword() throws Exception {
        // given
        issuer.close();

        // when
        HttpResponse<String> page = get("/sign-in");
        HttpResponse<String> data = get("/api/v1/joins", "Authorization", "Bearer x.y.z");

        // then
        assertThat(page.statusCode()).isEqualTo(503);
        assertThat(page.body())
                .contains("Nobody can sign in now", issuer.uri() + " does not answer", "dashboard.oidc.issuer")
                .contains("href=\"/password\"");
        assertThat(data.statusCode()).isEqualTo(503);
        assertThat(get("/password").headers().firstValue("WWW-Authenticate").orElseThrow())
                .startsWith("Basic");
        String vera = TestUsers.authorization("vera", "vera");
        assertThat(location(get("/password", "Authorization", vera))).isEqualTo("/");
        assertThat(get("/", "Authorization", vera).statusCode()).isEqualTo(200);
    }
}

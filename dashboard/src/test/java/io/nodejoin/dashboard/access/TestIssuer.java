package io.nodejoin.dashboard.access;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import com.nimbusds.jwt.SignedJWT;
import com.nimbusds.oauth2.sdk.ParseException;
import com.nimbusds.oauth2.sdk.pkce.CodeChallenge;
import com.nimbusds.oauth2.sdk.pkce.CodeChallengeMethod;
import com.nimbusds.oauth2.sdk.pkce.CodeVerifier;
import com.nimbusds.openid.connect.sdk.AuthenticationRequest;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** An issuer whose users have groups. It checks what an issuer must, and signs whatever a test wants. */
public final class TestIssuer implements AutoCloseable {
    public static final String CLIENT = "nodejoin";
    private static final String SECRET = "a secret that is long enough for HS256";

    private final HttpServer server;
    private final Map<String, Sent> codes = new HashMap<>();
    private ECKey key = newKey();
    private UnaryOperator<JWTClaimsSet.Builder> claims = UnaryOperator.identity();
    private Signature signature = Signature.ISSUERS;

    public TestIssuer() {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.createContext(
                "/.well-known/openid-configuration", exchange -> answer(exchange, 200, """
                {"issuer":"%1$s","authorization_endpoint":"%1$s/auth","token_endpoint":"%1$s/token","jwks_uri":"%1$s/keys",
                "response_types_supported":["code"],"subject_types_supported":["public"],
                "id_token_signing_alg_values_supported":["ES256"],"end_session_endpoint":"%1$s/end"}
                """.formatted(uri())));
        server.createContext("/keys", exchange -> answer(exchange, 200, new JWKSet(key.toPublicJWK()).toString()));
        server.createContext("/token", this::token);
        server.start();
    }

    /** How an ID token is signed. */
    public enum Signature {
        ISSUERS,
        /** By a key that the issuer does not publish. */
        STRANGERS,
        /** By the client's secret, which others may know. */
        SHARED_SECRET,
        NONE
    }

    /** What a browser has brought, and who it was. */
    private record Sent(AuthenticationRequest request, String user, List<String> groups) {}

    public URI uri() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    /** Returns settings for its only client, whose secret is in the file. */
    public OpenIdSettings settings(@Nullable Path secretFile) {
        return settings(secretFile, "sre-oncall");
    }

    /** Returns them with another value that makes an operator. */
    public OpenIdSettings settings(@Nullable Path secretFile, String operators) {
        return new OpenIdSettings(
                uri(),
                CLIENT,
                secretFile,
                URI.create("http://localhost:1/"),
                List.of("openid", "groups"),
                new RoleClaim("groups", Set.of("sre"), Set.of(operators)),
                "preferred_username",
                List.of(CLIENT),
                Duration.ofHours(1),
                null);
    }

    public static String secret() {
        return SECRET;
    }

    /** Signs with another key from now on. */
    public void rotateKey() {
        key = newKey();
    }

    /** Changes the claims of the tokens from now on. */
    public void setClaims(UnaryOperator<JWTClaimsSet.Builder> changed) {
        claims = changed;
    }

    public void setSignature(Signature changed) {
        signature = changed;
    }

    /** Signs a user in, and returns where the browser is sent back to. */
    public URI authorize(URI request, String user, String... groups) throws ParseException {
        AuthenticationRequest parsed = AuthenticationRequest.parse(request);
        String code = UUID.randomUUID().toString();
        codes.put(code, new Sent(parsed, user, List.of(groups)));
        return URI.create(parsed.getRedirectionURI() + "?code=" + code + "&state=" + parsed.getState());
    }

    /** Returns a token as its other clients get one. */
    public String bearer(String audience, String user, String... groups) {
        return sign(claims(user, List.of(groups)).audience(audience));
    }

    private void token(HttpExchange exchange) throws IOException {
        Map<String, String> form = form(exchange);
        Sent sent = codes.remove(form.getOrDefault("code", ""));
        if (sent == null || !isClient(exchange, form) || !isProved(sent.request(), form)) {
            answer(exchange, 400, "{\"error\":\"invalid_grant\"}");
            return;
        }
        JWTClaimsSet.Builder idToken = claims(sent.user(), sent.groups())
                .audience(CLIENT)
                .claim("nonce", sent.request().getNonce().getValue());
        answer(
                exchange,
                200,
                "{\"access_token\":\"x\",\"token_type\":\"Bearer\",\"id_token\":\"%s\"}".formatted(sign(idToken)));
    }

    /** A public client says who it is, and proves nothing by that. */
    private static boolean isClient(HttpExchange exchange, Map<String, String> form) {
        String authorization = exchange.getRequestHeaders().getFirst("Authorization");
        return authorization == null ? CLIENT.equals(form.get("client_id")) : authorization.startsWith("Basic ");
    }

    private static boolean isProved(AuthenticationRequest request, Map<String, String> form) {
        CodeChallenge sent = CodeChallenge.compute(
                CodeChallengeMethod.S256, new CodeVerifier(form.getOrDefault("code_verifier", "-".repeat(43))));
        return sent.equals(request.getCodeChallenge())
                && request.getRedirectionURI().toString().equals(form.get("redirect_uri"));
    }

    private JWTClaimsSet.Builder claims(String user, List<String> groups) {
        return new JWTClaimsSet.Builder()
                .issuer(uri().toString())
                .subject("id-of-" + user)
                .claim("preferred_username", user)
                .claim("groups", groups)
                .issueTime(Date.from(Instant.now()))
                .expirationTime(Date.from(Instant.now().plusSeconds(300)));
    }

    private String sign(JWTClaimsSet.Builder token) {
        JWTClaimsSet set = claims.apply(token).build();
        try {
            return switch (signature) {
                case ISSUERS -> signed(set, key);
                case STRANGERS ->
                    signed(
                            set,
                            new ECKeyGenerator(Curve.P_256)
                                    .keyID(key.getKeyID())
                                    .generate());
                case SHARED_SECRET -> {
                    SignedJWT jwt = new SignedJWT(new JWSHeader(JWSAlgorithm.HS256), set);
                    jwt.sign(new MACSigner(SECRET));
                    yield jwt.serialize();
                }
                case NONE -> new PlainJWT(set).serialize();
            };
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String signed(JWTClaimsSet set, ECKey key) throws JOSEException {
        SignedJWT jwt = new SignedJWT(
                new JWSHeader.Builder(JWSAlgorithm.ES256).keyID(key.getKeyID()).build(), set);
        jwt.sign(new ECDSASigner(key));
        return jwt.serialize();
    }

    private static ECKey newKey() {
        try {
            return new ECKeyGenerator(Curve.P_256)
                    .keyID(UUID.randomUUID().toString())
                    .generate();
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Map<String, String> form(HttpExchange exchange) throws IOException {
        Map<String, String> form = new HashMap<>();
        String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        for (String field : body.split("&", -1)) {
            String[] parts = field.split("=", 2);
            form.put(parts[0], URLDecoder.decode(parts[1], StandardCharsets.UTF_8));
        }
        return form;
    }

    private static void answer(HttpExchange exchange, int status, String json) throws IOException {
        byte[] body = json.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(status, body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }

    /** Does not answer any more. */
    @Override
    public void close() {
        server.stop(0);
    }
}

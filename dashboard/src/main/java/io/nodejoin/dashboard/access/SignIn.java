package io.nodejoin.dashboard.access;

import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.oauth2.sdk.AuthorizationCode;
import com.nimbusds.oauth2.sdk.ParseException;
import com.nimbusds.oauth2.sdk.id.Issuer;
import com.nimbusds.oauth2.sdk.id.State;
import com.nimbusds.oauth2.sdk.pkce.CodeVerifier;
import com.nimbusds.oauth2.sdk.util.URLUtils;
import com.nimbusds.openid.connect.sdk.AuthenticationErrorResponse;
import com.nimbusds.openid.connect.sdk.AuthenticationResponse;
import com.nimbusds.openid.connect.sdk.AuthenticationResponseParser;
import com.nimbusds.openid.connect.sdk.AuthenticationSuccessResponse;
import com.nimbusds.openid.connect.sdk.Nonce;
import io.nodejoin.dashboard.access.OpenIdProvider.ProviderException;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Signs people in by OpenID Connect: authorization code with PKCE (RFC 7636), state and nonce. What a sign-in has to
 * remember between its two requests is in a cookie, as the session is, so that any replica can go on with it.
 */
public final class SignIn {
    /** How long a person may take at the issuer. */
    public static final Duration PATIENCE = Duration.ofMinutes(10);

    private final OpenIdSettings settings;
    private final OpenIdProvider provider;
    private final Sessions sessions;
    private final SealedClaims attempts;
    private final byte[] formKey;
    private final InstantSource clock;

    /** @param secret what all replicas share, and nobody else knows */
    public SignIn(OpenIdSettings settings, byte[] secret, InstantSource clock) {
        this.settings = settings;
        this.formKey = Digests.hmac(secret, "nodejoin dashboard forms");
        this.provider = new OpenIdProvider(settings, clock);
        this.sessions = new Sessions(secret, settings.roles(), settings.sessionLifetime(), clock);
        this.attempts = new SealedClaims(secret, "sign-in", clock);
        this.clock = clock;
    }

    /** How a sign-in begins. */
    public sealed interface Beginning {
        /**
         * The browser goes to the issuer.
         *
         * @param cookie what the browser brings back
         */
        record SentToIssuer(URI issuer, String cookie) implements Beginning {}

        /**
         * The issuer cannot be asked.
         *
         * @param detail why
         */
        record Unavailable(String detail) implements Beginning {}
    }

    /** How a sign-in ends. */
    public sealed interface End {
        /**
         * The user is signed in.
         *
         * @param session the cookie of the session
         * @param page where the user wanted to go
         */
        record SignedIn(Principal principal, String session, String page) implements End {}

        /** The issuer knows the user, but the user has no role. */
        record NoRole(String name) implements End {}

        /**
         * It was not proved who the user is.
         *
         * @param detail why
         */
        record Refused(String detail) implements End {}

        /**
         * The issuer cannot be asked.
         *
         * @param detail why
         */
        record Unavailable(String detail) implements End {}
    }

    public OpenIdSettings settings() {
        return settings;
    }

    /** Begins a sign-in that leads to this page. */
    public Beginning begin(String page) {
        State state = new State();
        Nonce nonce = new Nonce();
        CodeVerifier verifier = new CodeVerifier();
        try {
            URI issuer = provider.authorization(state, nonce, verifier);
            return new Beginning.SentToIssuer(
                    issuer,
                    attempts.seal(
                            Map.of(
                                    "state", state.getValue(),
                                    "nonce", nonce.getValue(),
                                    "verifier", verifier.getValue(),
                                    "page", page),
                            clock.instant().plus(PATIENCE)));
        } catch (ProviderException e) {
            return new Beginning.Unavailable(e.detail());
        }
    }

    /**
     * Ends a sign-in.
     *
     * @param query what the issuer has appended to the address
     * @param cookie what the sign-in began with; null if the browser brings none
     */
    public End complete(String query, @Nullable String cookie) {
        Optional<JWTClaimsSet> attempt = cookie == null ? Optional.empty() : attempts.open(cookie);
        if (attempt.isEmpty()) {
            return new End.Refused("this browser began no sign-in in the last " + PATIENCE.toMinutes()
                    + " minutes, or it keeps no cookies");
        }
        try {
            return complete(query, attempt.get());
        } catch (ProviderException e) {
            return e.isUnavailable() ? new End.Unavailable(e.detail()) : new End.Refused(e.detail());
        } catch (ParseException | java.text.ParseException _) {
            return new End.Refused("the issuer's answer cannot be read");
        }
    }

    private End complete(String query, JWTClaimsSet attempt)
            throws ParseException, java.text.ParseException, ProviderException {
        AuthenticationResponse answer =
                AuthenticationResponseParser.parse(settings.redirectUri(), URLUtils.parseParameters(query));
        if (!new State(attempt.getStringClaim("state")).equals(answer.getState())) {
            return new End.Refused("another sign-in was begun in this browser meanwhile");
        }
        Issuer issuer = answer.getIssuer();
        if (issuer != null && !issuer.equals(new Issuer(settings.issuer()))) {
            return new End.Refused("the answer is that of another issuer");
        }
        return switch (answer) {
            case AuthenticationErrorResponse error ->
                new End.Refused("the issuer says " + OpenIdProvider.describe(error.getErrorObject()));
            case AuthenticationSuccessResponse success -> redeem(success.getAuthorizationCode(), attempt);
            default -> new End.Refused("the issuer's answer cannot be read");
        };
    }

    private End redeem(@Nullable AuthorizationCode code, JWTClaimsSet attempt)
            throws java.text.ParseException, ProviderException {
        if (code == null) {
            return new End.Refused("the issuer gave no code");
        }
        Map<String, Object> claims = provider.redeem(
                code, new CodeVerifier(attempt.getStringClaim("verifier")), new Nonce(attempt.getStringClaim("nonce")));
        String page = attempt.getStringClaim("page");
        return principal(claims)
                .<End>map(principal -> new End.SignedIn(
                        principal, sessions.create(principal, settings.roles().granting(claims)), page))
                .orElseGet(() -> new End.NoRole(name(claims)));
    }

    /** Returns who has this session; empty if it is over or none. */
    Optional<Principal> session(String cookie) {
        return sessions.find(cookie);
    }

    /** Decides who sends a request with this bearer token. */
    DashboardAuthenticator.Decision bearer(String token) {
        try {
            Map<String, Object> claims = provider.verify(token);
            return principal(claims)
                    .<DashboardAuthenticator.Decision>map(DashboardAuthenticator.Decision.Admitted::new)
                    .orElseGet(() -> new DashboardAuthenticator.Decision.Refused("The claim "
                            + settings.roles().claim() + " of the token of " + name(claims) + " gives no role."));
        } catch (ProviderException e) {
            return e.isUnavailable()
                    ? new DashboardAuthenticator.Decision.Unavailable(e.detail())
                    : new DashboardAuthenticator.Decision.SignInNeeded(e.detail());
        }
    }

    /** Returns why people cannot sign in; null if they can. Asks the issuer, unless it has answered in the last hour. */
    public @Nullable String problem() {
        try {
            provider.metadata();
            return null;
        } catch (ProviderException e) {
            return e.detail();
        }
    }

    /** Returns where the issuer ends its own session; empty if it does not say, or does not answer. */
    public Optional<URI> issuerSignOut() {
        try {
            return Optional.ofNullable(provider.metadata().getEndSessionEndpointURI());
        } catch (ProviderException _) {
            return Optional.empty();
        }
    }

    /** Returns the key of the tokens of forms. */
    byte[] formKey() {
        return formKey.clone();
    }

    private Optional<Principal> principal(Map<String, Object> claims) {
        return settings.roles()
                .role(claims)
                .map(role -> new Principal(name(claims), role, Texts.line(String.valueOf(claims.get("sub")))));
    }

    private String name(Map<String, Object> claims) {
        return Stream.of(settings.nameClaim(), "email", "sub")
                .map(claims::get)
                .filter(String.class::isInstance)
                .map(value -> Texts.line((String) value))
                .filter(value -> !value.isEmpty())
                .findFirst()
                .orElse("a user without a name");
    }
}

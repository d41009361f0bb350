package io.nodejoin.dashboard.access;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.KeySourceException;
import com.nimbusds.jose.proc.BadJOSEException;
import com.nimbusds.jose.proc.DefaultJOSEObjectTypeVerifier;
import com.nimbusds.jose.proc.JWSVerificationKeySelector;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jwt.JWT;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.proc.DefaultJWTClaimsVerifier;
import com.nimbusds.jwt.proc.DefaultJWTProcessor;
import com.nimbusds.oauth2.sdk.AuthorizationCode;
import com.nimbusds.oauth2.sdk.AuthorizationCodeGrant;
import com.nimbusds.oauth2.sdk.ErrorObject;
import com.nimbusds.oauth2.sdk.ParseException;
import com.nimbusds.oauth2.sdk.ResponseType;
import com.nimbusds.oauth2.sdk.Scope;
import com.nimbusds.oauth2.sdk.TokenErrorResponse;
import com.nimbusds.oauth2.sdk.TokenRequest;
import com.nimbusds.oauth2.sdk.TokenResponse;
import com.nimbusds.oauth2.sdk.auth.ClientAuthentication;
import com.nimbusds.oauth2.sdk.auth.ClientAuthenticationMethod;
import com.nimbusds.oauth2.sdk.auth.ClientSecretBasic;
import com.nimbusds.oauth2.sdk.auth.ClientSecretPost;
import com.nimbusds.oauth2.sdk.auth.Secret;
import com.nimbusds.oauth2.sdk.id.ClientID;
import com.nimbusds.oauth2.sdk.id.Issuer;
import com.nimbusds.oauth2.sdk.id.State;
import com.nimbusds.oauth2.sdk.pkce.CodeChallengeMethod;
import com.nimbusds.oauth2.sdk.pkce.CodeVerifier;
import com.nimbusds.openid.connect.sdk.AuthenticationRequest;
import com.nimbusds.openid.connect.sdk.Nonce;
import com.nimbusds.openid.connect.sdk.OIDCTokenResponse;
import com.nimbusds.openid.connect.sdk.OIDCTokenResponseParser;
import com.nimbusds.openid.connect.sdk.op.OIDCProviderMetadata;
import com.nimbusds.openid.connect.sdk.validators.IDTokenValidator;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The issuer: asks it for sign-ins and tokens, and checks what it says. For many threads. */
final class OpenIdProvider {
    /** Signatures that need the issuer's private key; neither {@code none} nor those with a shared secret. */
    private static final Set<JWSAlgorithm> ALGORITHMS = algorithms();

    private static final Set<JOSEObjectType> TOKEN_TYPES = tokenTypes();

    private final OpenIdSettings settings;
    private final OpenIdDiscovery discovery;

    OpenIdProvider(OpenIdSettings settings, InstantSource clock) {
        this.settings = settings;
        this.discovery = new OpenIdDiscovery(settings, clock);
    }

    /** The issuer cannot be asked, or what it says cannot be used. The message says why, for people. */
    static final class ProviderException extends Exception {
        private static final long serialVersionUID = 1L;

        private final boolean unavailable;

        private ProviderException(boolean unavailable, String message, @Nullable Throwable cause) {
            super(message, cause);
            this.unavailable = unavailable;
        }

        static ProviderException unavailable(String message, Throwable cause) {
            return new ProviderException(true, message, cause);
        }

        static ProviderException refused(String message, @Nullable Throwable cause) {
            return new ProviderException(false, message, cause);
        }

        /** Returns whether it may work later. */
        boolean isUnavailable() {
            return unavailable;
        }

        String detail() {
            return String.valueOf(getMessage());
        }
    }

    private static Set<JWSAlgorithm> algorithms() {
        Set<JWSAlgorithm> all = new HashSet<>(JWSAlgorithm.Family.RSA);
        all.addAll(JWSAlgorithm.Family.EC);
        all.add(JWSAlgorithm.EdDSA);
        all.add(JWSAlgorithm.Ed25519);
        all.remove(JWSAlgorithm.ES256K);
        return Set.copyOf(all);
    }

    /** A token may have no type. */
    private static Set<JOSEObjectType> tokenTypes() {
        Set<JOSEObjectType> types = new HashSet<>(List.of(JOSEObjectType.JWT, new JOSEObjectType("at+jwt")));
        types.add(null);
        return types;
    }

    /** Returns the address at the issuer to which a browser goes to sign in. */
    URI authorization(State state, Nonce nonce, CodeVerifier verifier) throws ProviderException {
        return new AuthenticationRequest.Builder(
                        ResponseType.CODE,
                        new Scope(settings.scopes().toArray(String[]::new)),
                        client(),
                        settings.redirectUri())
                .endpointURI(discovery.issuer().metadata().getAuthorizationEndpointURI())
                .state(state)
                .nonce(nonce)
                .codeChallenge(verifier, CodeChallengeMethod.S256)
                .build()
                .toURI();
    }

    /** Exchanges the code for an ID token, and returns its claims once they are proved. */
    Map<String, Object> redeem(AuthorizationCode code, CodeVerifier verifier, Nonce nonce) throws ProviderException {
        OpenIdDiscovery.IssuerView issuer = discovery.issuer();
        AuthorizationCodeGrant grant = new AuthorizationCodeGrant(code, settings.redirectUri(), verifier);
        URI endpoint = issuer.metadata().getTokenEndpointURI();
        Path secret = settings.clientSecretFile();
        TokenRequest request = secret == null
                ? new TokenRequest.Builder(endpoint, client(), grant).build()
                : new TokenRequest.Builder(endpoint, authentication(issuer.metadata(), secret), grant).build();
        JWT idToken = idToken(send(issuer, request));
        try {
            return new IDTokenValidator(
                            new Issuer(settings.issuer()),
                            client(),
                            new JWSVerificationKeySelector<>(ALGORITHMS, issuer.keys()),
                            null)
                    .validate(idToken, nonce)
                    .toJWTClaimsSet()
                    .toJSONObject();
        } catch (KeySourceException e) {
            throw ProviderException.unavailable("the keys of " + settings.issuer() + " cannot be read: " + text(e), e);
        } catch (BadJOSEException | JOSEException | ParseException e) {
            throw ProviderException.refused("the ID token is not valid: " + text(e), e);
        }
    }

    /** Returns the claims of a bearer token once they are proved. */
    Map<String, Object> verify(String token) throws ProviderException {
        DefaultJWTProcessor<SecurityContext> processor = new DefaultJWTProcessor<>();
        processor.setJWSTypeVerifier(new DefaultJOSEObjectTypeVerifier<>(TOKEN_TYPES));
        processor.setJWSKeySelector(
                new JWSVerificationKeySelector<>(ALGORITHMS, discovery.issuer().keys()));
        processor.setJWTClaimsSetVerifier(new DefaultJWTClaimsVerifier<>(
                new HashSet<>(settings.audiences()),
                new JWTClaimsSet.Builder().issuer(settings.issuer().toString()).build(),
                Set.of("sub", "exp"),
                Set.of()));
        try {
            return processor.process(token, null).toJSONObject();
        } catch (KeySourceException e) {
            throw ProviderException.unavailable("the keys of " + settings.issuer() + " cannot be read: " + text(e), e);
        } catch (java.text.ParseException | BadJOSEException | JOSEException e) {
            throw ProviderException.refused("the bearer token is not valid: " + text(e), e);
        }
    }

    /** Throws if the issuer cannot be asked. */
    OIDCProviderMetadata metadata() throws ProviderException {
        return discovery.issuer().metadata();
    }

    private ClientID client() {
        return new ClientID(settings.clientId());
    }

    private static TokenResponse send(OpenIdDiscovery.IssuerView issuer, TokenRequest request)
            throws ProviderException {
        try {
            return OIDCTokenResponseParser.parse(
                    issuer.configured(request.toHTTPRequest()).send());
        } catch (IOException e) {
            throw ProviderException.unavailable(
                    "the token endpoint " + request.getEndpointURI() + " does not answer: " + text(e), e);
        } catch (ParseException e) {
            throw ProviderException.refused("the answer of the token endpoint cannot be used: " + text(e), e);
        }
    }

    private static JWT idToken(TokenResponse response) throws ProviderException {
        if (response instanceof TokenErrorResponse error) {
            throw ProviderException.refused(
                    "the token endpoint refuses the code: " + describe(error.getErrorObject()), null);
        }
        if (response instanceof OIDCTokenResponse tokens
                && tokens.getOIDCTokens().getIDToken() != null) {
            return tokens.getOIDCTokens().getIDToken();
        }
        throw ProviderException.refused("the token endpoint gave no ID token", null);
    }

    /** Returns what an issuer says of an error, as one bounded line. */
    static String describe(ErrorObject error) {
        String code = error.getCode() == null ? "no error code" : error.getCode();
        String description = error.getDescription();
        return Texts.line(description == null ? code : code + ", " + description);
    }

    /** Most issuers take both ways, and some only one. */
    private ClientAuthentication authentication(OIDCProviderMetadata metadata, Path file) throws ProviderException {
        List<ClientAuthenticationMethod> methods = metadata.getTokenEndpointAuthMethods();
        Secret secret = new Secret(secret(file));
        return methods == null || methods.contains(ClientAuthenticationMethod.CLIENT_SECRET_BASIC)
                ? new ClientSecretBasic(client(), secret)
                : new ClientSecretPost(client(), secret);
    }

    private static String secret(Path file) throws ProviderException {
        try {
            return Files.readString(file).strip();
        } catch (IOException e) {
            throw ProviderException.unavailable("the client secret " + file + " cannot be read", e);
        }
    }

    private static String text(Exception e) {
        return Texts.line(String.valueOf(e.getMessage()));
    }
}

package io.nodejoin.dashboard.access;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How people sign in by OpenID Connect. Secrets are in files, never in values.
 *
 * @param issuer the issuer, as in its tokens
 * @param clientId what the issuer knows the dashboard as
 * @param clientSecretFile the secret of that client, read again for each sign-in; null for a public client
 * @param externalUrl the address of the dashboard as browsers reach it; ends with a slash
 * @param scopes what is asked for; contains {@code openid}
 * @param roles which users are viewers and operators
 * @param nameClaim the claim with the name that people know a user by
 * @param audiences what a bearer token may be meant for
 * @param sessionLifetime how long a sign-in is valid
 * @param caFile the CAs that the issuer's certificate may be of; null means those that Java trusts
 */
public record OpenIdSettings(
        URI issuer,
        String clientId,
        @Nullable Path clientSecretFile,
        URI externalUrl,
        List<String> scopes,
        RoleClaim roles,
        String nameClaim,
        List<String> audiences,
        Duration sessionLifetime,
        @Nullable Path caFile) {
    public OpenIdSettings {
        scopes = List.copyOf(scopes);
        audiences = List.copyOf(audiences);
    }

    /** Returns where the issuer sends a browser back to, which must be registered there. */
    public URI redirectUri() {
        return externalUrl.resolve("sign-in/callback");
    }
}

package io.nodejoin.service.config;

import io.nodejoin.client.config.Check;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The section {@code dashboard.oidc}: how people sign in by OpenID Connect.
 *
 * @param issuer the issuer, exactly as it names itself; https, or http on a loopback address
 * @param clientId what the issuer knows the dashboard as
 * @param clientSecretFile the secret of that client; without it the client is a public one
 * @param externalUrl the address of the dashboard as browsers reach it; https, or http on a loopback address. The issuer
 *     sends browsers back to {@code sign-in/callback} below it
 * @param scopes what is asked for, with {@code openid} among it
 * @param roleClaim the claim whose values give a role; dots lead into objects
 * @param viewers values of that claim that make a viewer
 * @param operators values of that claim that make an operator
 * @param nameClaim the claim with the name to show; without it in a token the e-mail address, or the subject
 * @param audiences what the bearer tokens that {@code /api/v1} accepts may be meant for; {@code clientId} by default
 * @param sessionKeyFile at least 32 bytes that all replicas share; without it the client secret takes its place
 * @param sessionLifetime how long a sign-in is valid
 * @param caFile the CAs that the issuer's certificate may be of; without it those that Java trusts
 */
public record OidcConfig(
        URI issuer,
        String clientId,
        @Nullable Path clientSecretFile,
        URI externalUrl,
        List<String> scopes,
        String roleClaim,
        List<String> viewers,
        List<String> operators,
        String nameClaim,
        List<String> audiences,
        @Nullable Path sessionKeyFile,
        Duration sessionLifetime,
        @Nullable Path caFile) {
    private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "[::1]");

    public OidcConfig {
        issuer = requireWeb("dashboard.oidc.issuer", issuer);
        clientId = Check.notBlank("dashboard.oidc.clientId", Check.required(clientId, "dashboard.oidc.clientId"));
        externalUrl = requireWeb("dashboard.oidc.externalUrl", externalUrl);
        if (externalUrl.getPath().isEmpty()) {
            externalUrl = URI.create(externalUrl + "/");
        }
        if (!externalUrl.getPath().equals("/") || externalUrl.getQuery() != null) {
            throw new IllegalArgumentException("dashboard.oidc.externalUrl is " + externalUrl
                    + "; it must have no path, since its pages have none");
        }
        scopes = List.copyOf(Check.orDefault(scopes, List.of("openid", "profile", "email")));
        if (!scopes.contains("openid")) {
            throw new IllegalArgumentException("dashboard.oidc.scopes is " + scopes + "; openid must be among it");
        }
        roleClaim = Check.notBlank("dashboard.oidc.roleClaim", Check.orDefault(roleClaim, "groups"));
        viewers = List.copyOf(Check.orDefault(viewers, List.of()));
        operators = List.copyOf(Check.orDefault(operators, List.of()));
        if (viewers.isEmpty() && operators.isEmpty()) {
            throw new IllegalArgumentException("dashboard.oidc.viewers and dashboard.oidc.operators are empty; name at"
                    + " least one value of the claim " + roleClaim);
        }
        nameClaim = Check.notBlank("dashboard.oidc.nameClaim", Check.orDefault(nameClaim, "preferred_username"));
        audiences = List.copyOf(Check.orDefault(audiences, List.of(clientId)));
        sessionLifetime = Check.range(
                "dashboard.oidc.sessionLifetime",
                Check.orDefault(sessionLifetime, Duration.ofHours(1)),
                Duration.ofMinutes(1),
                Duration.ofHours(24));
        if (clientSecretFile == null && sessionKeyFile == null) {
            throw new IllegalArgumentException("dashboard.oidc.sessionKeyFile is missing, and there is no"
                    + " dashboard.oidc.clientSecretFile to take its place");
        }
    }

    private static URI requireWeb(String key, @Nullable URI address) {
        URI given = Check.required(address, key);
        boolean local = "http".equals(given.getScheme()) && LOOPBACK.contains(String.valueOf(given.getHost()));
        if (given.getHost() == null || (!local && !"https".equals(given.getScheme()))) {
            throw new IllegalArgumentException(
                    key + " is " + given + "; allowed: an https address, or http on a loopback address");
        }
        return given;
    }
}

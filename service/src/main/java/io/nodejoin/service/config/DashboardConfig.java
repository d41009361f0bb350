package io.nodejoin.service.config;

import java.net.URI;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The section {@code dashboard}.
 *
 * @param usersFile the users, one line {@code name:bcrypt:role} each; without it and {@code oidc} the dashboard is
 *     read-only, and is served only if {@code http.listen} is a loopback address
 * @param oidc how people sign in by OpenID Connect; without it they do not
 * @param temporalUi the address of Temporal's UI as browsers reach it; without it the pages have no links to it
 * @param docs the address of Nodejoin's directory {@code docs} as browsers reach it; without it the pages name the
 *     runbooks but have no links to them
 */
public record DashboardConfig(
        @Nullable Path usersFile,
        @Nullable OidcConfig oidc,
        @Nullable URI temporalUi,
        @Nullable URI docs) {
    public DashboardConfig {
        requireWeb("dashboard.temporalUi", temporalUi);
        requireWeb("dashboard.docs", docs);
        if (docs != null && !docs.getPath().endsWith("/")) {
            throw new IllegalArgumentException("dashboard.docs is " + docs + "; it must end with a slash");
        }
    }

    private static void requireWeb(String key, @Nullable URI address) {
        if (address != null && !"http".equals(address.getScheme()) && !"https".equals(address.getScheme())) {
            throw new IllegalArgumentException(key + " is " + address + "; allowed: an http or https address");
        }
    }
}

package io.nodejoin.service.access;

import io.nodejoin.client.config.ConfigException;
import io.nodejoin.dashboard.access.Access;
import io.nodejoin.dashboard.access.OpenIdSettings;
import io.nodejoin.dashboard.access.RoleClaim;
import io.nodejoin.dashboard.access.SignIn;
import io.nodejoin.dashboard.access.UsersFile;
import io.nodejoin.gateway.config.ListenAddress;
import io.nodejoin.service.config.OidcConfig;
import io.nodejoin.service.config.ServiceConfig;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Who may see the dashboard, from the configuration and the files that it names. */
public final class DashboardAccess {
    private static final int MIN_KEY_BYTES = 32;
    /** An issuer may give out shorter secrets; what is too short to be one is a mistake. */
    private static final int MIN_SECRET_BYTES = 16;

    private DashboardAccess() {}

    /** Reads users and keys. Throws {@link ConfigException} if a file cannot be used; asks no issuer. */
    public static Access of(ServiceConfig config, InstantSource clock) throws ConfigException {
        UsersFile users = users(config.dashboard().usersFile(), clock);
        Optional<SignIn> signIn = signIn(config, clock);
        if (signIn.isPresent()) {
            return new Access.OpenId(signIn.get(), users);
        }
        if (users != null) {
            return new Access.Basic(users);
        }
        return isLoopback(config.http().listen())
                ? new Access.LocalReadOnly()
                : new Access.Closed("Without users the dashboard is served on a loopback address only, and"
                        + " http.listen is " + config.http().listen()
                        + ". Set dashboard.usersFile or dashboard.oidc in the service's configuration.");
    }

    /** Returns why the files of users and keys cannot be used; empty if they can. Asks no issuer. */
    public static Optional<String> fileProblem(ServiceConfig config, InstantSource clock) {
        try {
            Access _ = of(config, clock);
            return Optional.empty();
        } catch (ConfigException e) {
            return Optional.of(String.valueOf(e.getMessage()));
        }
    }

    /**
     * Asks the issuer. Returns why people cannot sign in by OpenID Connect; empty if they can, or if none is configured.
     * Throws if a file cannot be used.
     */
    public static Optional<String> signInProblem(ServiceConfig config, InstantSource clock) throws ConfigException {
        return signIn(config, clock).map(SignIn::problem);
    }

    private static Optional<SignIn> signIn(ServiceConfig config, InstantSource clock) throws ConfigException {
        OidcConfig oidc = config.dashboard().oidc();
        return oidc == null ? Optional.empty() : Optional.of(new SignIn(settings(oidc), secret(oidc), clock));
    }

    private static OpenIdSettings settings(OidcConfig oidc) {
        return new OpenIdSettings(
                oidc.issuer(),
                oidc.clientId(),
                oidc.clientSecretFile(),
                oidc.externalUrl(),
                oidc.scopes(),
                new RoleClaim(oidc.roleClaim(), Set.copyOf(oidc.viewers()), Set.copyOf(oidc.operators())),
                oidc.nameClaim(),
                oidc.audiences(),
                oidc.sessionLifetime(),
                oidc.caFile());
    }

    private static byte[] secret(OidcConfig oidc) throws ConfigException {
        Path keyFile = oidc.sessionKeyFile();
        Path secretFile = oidc.clientSecretFile();
        if (keyFile != null) {
            return read("dashboard.oidc.sessionKeyFile", keyFile, MIN_KEY_BYTES);
        }
        if (secretFile != null) {
            return read("dashboard.oidc.clientSecretFile", secretFile, MIN_SECRET_BYTES);
        }
        throw new ConfigException("dashboard.oidc.sessionKeyFile is missing", null);
    }

    private static byte[] read(String key, Path file, int minBytes) throws ConfigException {
        try {
            byte[] secret = Files.readAllBytes(file);
            if (secret.length < minBytes) {
                throw new ConfigException(
                        key + " is " + file + ", which has fewer than " + minBytes
                                + " bytes; make a key for sessions by: openssl rand -base64 48",
                        null);
            }
            return secret;
        } catch (IOException e) {
            throw new ConfigException(key + " is " + file + ", which cannot be read", e);
        }
    }

    private static @Nullable UsersFile users(@Nullable Path file, InstantSource clock) throws ConfigException {
        if (file == null) {
            return null;
        }
        try {
            return new UsersFile(file, clock);
        } catch (IOException e) {
            throw new ConfigException("dashboard.usersFile is " + file + ", which cannot be read", e);
        } catch (IllegalArgumentException e) {
            throw new ConfigException("dashboard.usersFile is " + file + ", and it " + e.getMessage(), e);
        }
    }

    private static boolean isLoopback(ListenAddress listen) {
        try {
            return InetAddress.getByName(listen.host()).isLoopbackAddress();
        } catch (UnknownHostException _) {
            return false;
        }
    }
}

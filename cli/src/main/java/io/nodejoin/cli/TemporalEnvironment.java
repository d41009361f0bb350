package io.nodejoin.cli;

import io.nodejoin.client.config.TemporalConfig;
import io.nodejoin.client.config.TemporalTls;
import io.nodejoin.client.temporal.TemporalEndpoint;
import io.temporal.envconfig.ClientConfigProfile;
import io.temporal.envconfig.ClientConfigTLS;
import io.temporal.envconfig.LoadClientConfigProfileOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Where Temporal is: as the {@code temporal} command finds it, by its environment variables and its file of profiles. The
 * service's file replaces the file of profiles; the environment overrides either.
 */
final class TemporalEnvironment {
    private static final String PAYLOAD_KEYS = "NODEJOIN_PAYLOAD_KEYS";

    private final Map<String, String> environment;

    TemporalEnvironment(Map<String, String> environment) {
        this.environment = environment;
    }

    /** @param config the section of the service's file, if there is one */
    TemporalEndpoint endpoint(@Nullable TemporalConfig config) {
        ClientConfigProfile profile = profile(config == null);
        TemporalConfig at = config == null ? TemporalConfig.withDefaults(null) : config;
        if (profile.getAddress() != null) {
            at = at.withTarget(profile.getAddress());
        }
        if (profile.getNamespace() != null) {
            at = at.withNamespace(profile.getNamespace());
        }
        String payloadKeys = environment.get(PAYLOAD_KEYS);
        if (isSet(payloadKeys)) {
            at = at.withPayloadKeys(Path.of(payloadKeys));
        }
        String apiKey = isSet(profile.getApiKey()) ? profile.getApiKey() : null;
        at = at.withTls(tls(profile.getTls(), at.tls(), apiKey != null));
        return new TemporalEndpoint(at, apiKey);
    }

    /** Parsing TOML takes time, so it is only done if there is a file. */
    private ClientConfigProfile profile(boolean withFile) {
        Optional<Path> file = withFile ? profileFile() : Optional.empty();
        LoadClientConfigProfileOptions.Builder options =
                LoadClientConfigProfileOptions.newBuilder().setEnvOverrides(environment);
        file.ifPresentOrElse(path -> options.setConfigFilePath(path.toString()), () -> options.setDisableFile(true));
        try {
            return ClientConfigProfile.load(options.build());
        } catch (IOException e) {
            throw new CliException(
                    ExitCodes.USAGE, file.orElseThrow() + " cannot be read as TOML: " + e.getMessage(), e);
        }
    }

    private Optional<Path> profileFile() {
        String named = environment.get("TEMPORAL_CONFIG_FILE");
        if (isSet(named)) {
            Path file = Path.of(named);
            if (!Files.exists(file)) {
                throw new CliException(ExitCodes.USAGE, "there is no file " + file + " (TEMPORAL_CONFIG_FILE)", null);
            }
            return Optional.of(file);
        }
        return Optional.ofNullable(environment.get("HOME"))
                .map(home -> Path.of(home, ".config", "temporalio", "temporal.toml"))
                .filter(Files::exists);
    }

    private static @Nullable TemporalTls tls(
            @Nullable ClientConfigTLS set, @Nullable TemporalTls base, boolean hasApiKey) {
        TemporalTls under = base == null && hasApiKey ? TemporalTls.DEFAULTS : base;
        if (set == null) {
            return under;
        }
        if (Boolean.TRUE.equals(set.isDisabled())) {
            return null;
        }
        requireFiles(set);
        TemporalTls tls = under == null ? TemporalTls.DEFAULTS : under;
        return new TemporalTls(
                path(set.getServerCACertPath(), tls.caFile()),
                path(set.getClientCertPath(), tls.certFile()),
                path(set.getClientKeyPath(), tls.keyFile()),
                isSet(set.getServerName()) ? set.getServerName() : tls.serverName());
    }

    private static void requireFiles(ClientConfigTLS tls) {
        if (tls.getClientCertData() != null || tls.getClientKeyData() != null || tls.getServerCACertData() != null) {
            throw new CliException(
                    ExitCodes.USAGE,
                    "certificates and keys for Temporal are read from files: set the variables or keys that end in PATH"
                            + " instead of those that end in DATA",
                    null);
        }
    }

    private static @Nullable Path path(@Nullable String set, @Nullable Path otherwise) {
        return isSet(set) ? Path.of(set) : otherwise;
    }

    private static boolean isSet(@Nullable String value) {
        return value != null && !value.isBlank();
    }
}

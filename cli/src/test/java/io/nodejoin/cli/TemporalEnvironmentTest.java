package io.nodejoin.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nodejoin.client.config.TemporalConfig;
import io.nodejoin.client.config.TemporalTls;
import io.nodejoin.client.temporal.TemporalEndpoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TemporalEnvironmentTest {
    private static final TemporalConfig OF_THE_FILE = new TemporalConfig(
            "temporal:7233",
            "joins",
            new TemporalTls(Path.of("ca.crt"), Path.of("tls.crt"), Path.of("tls.key"), null),
            null,
            null,
            null,
            false);

    @TempDir
    private Path home;

    private static TemporalEndpoint endpoint(@Nullable TemporalConfig config, Map<String, String> environment) {
        return new TemporalEnvironment(environment).endpoint(config);
    }

    private void writeProfiles() throws IOException {
        Path directory = Files.createDirectories(home.resolve(".config/temporalio"));
        Files.writeString(directory.resolve("temporal.toml"), """
                [profile.default]
                address = "cloud:7233"
                namespace = "joins.a1b2c"
                api_key = "secret"

                [profile.own]
                address = "own:7233"
                [profile.own.tls]
                client_cert_path = "own.crt"
                client_key_path = "own.key"
                """);
    }

    @Test
    void shouldHaveTheDefaultsOfTheTemporalCommand() {
        // given
        Map<String, String> environment = Map.of();
        // when
        TemporalEndpoint endpoint = endpoint(null, environment);
        // then
        assertThat(endpoint.config()).isEqualTo(TemporalConfig.withDefaults("127.0.0.1:7233"));
    }

    @Test
    void shouldReadTheVariablesOfTheTemporalCommand() {
        // given
        Map<String, String> environment = Map.of(
                "TEMPORAL_ADDRESS", "own:7233",
                "TEMPORAL_NAMESPACE", "other",
                "TEMPORAL_TLS_SERVER_CA_CERT_PATH", "own-ca.crt",
                "TEMPORAL_TLS_CLIENT_CERT_PATH", "own.crt",
                "TEMPORAL_TLS_CLIENT_KEY_PATH", "own.key",
                "TEMPORAL_TLS_SERVER_NAME", "temporal.example",
                "TEMPORAL_API_KEY", "secret");
        // when
        TemporalEndpoint endpoint = endpoint(null, environment);
        // then
        assertThat(endpoint)
                .isEqualTo(new TemporalEndpoint(
                        new TemporalConfig(
                                "own:7233",
                                "other",
                                new TemporalTls(
                                        Path.of("own-ca.crt"),
                                        Path.of("own.crt"),
                                        Path.of("own.key"),
                                        "temporal.example"),
                                null,
                                null,
                                null,
                                false),
                        "secret"));
    }

    @Test
    void shouldOverrideTheServicesFileByVariables() {
        // given
        Map<String, String> environment =
                Map.of("TEMPORAL_ADDRESS", "other:7233", "TEMPORAL_TLS_SERVER_NAME", "temporal.example");
        // when
        TemporalEndpoint endpoint = endpoint(OF_THE_FILE, environment);
        // then
        assertThat(endpoint.config())
                .isEqualTo(new TemporalConfig(
                        "other:7233",
                        "joins",
                        new TemporalTls(Path.of("ca.crt"), Path.of("tls.crt"), Path.of("tls.key"), "temporal.example"),
                        null,
                        null,
                        null,
                        false));
    }

    @Test
    void shouldDecryptWithTheKeysThatAVariableNames() {
        // when
        TemporalEndpoint endpoint = endpoint(OF_THE_FILE, Map.of("NODEJOIN_PAYLOAD_KEYS", "payload-keys.jwks"));
        // then
        assertThat(endpoint.config()).isEqualTo(OF_THE_FILE.withPayloadKeys(Path.of("payload-keys.jwks")));
    }

    @Test
    void shouldUseTlsWithAnApiKey() {
        // given
        Map<String, String> environment = Map.of("TEMPORAL_API_KEY", "secret");
        // when
        TemporalEndpoint endpoint = endpoint(null, environment);
        // then
        assertThat(endpoint.config().tls()).isEqualTo(TemporalTls.DEFAULTS);
    }

    @Test
    void shouldReadTheProfileOfTheTemporalCommand() throws IOException {
        // given
        writeProfiles();
        // when
        TemporalEndpoint standard = endpoint(null, Map.of("HOME", home.toString()));
        TemporalEndpoint named = endpoint(null, Map.of("HOME", home.toString(), "TEMPORAL_PROFILE", "own"));
        TemporalEndpoint withFile = endpoint(OF_THE_FILE, Map.of("HOME", home.toString()));
        // then
        assertThat(standard.config().target()).isEqualTo("cloud:7233");
        assertThat(standard.config().namespace()).isEqualTo("joins.a1b2c");
        assertThat(standard.apiKey()).isEqualTo("secret");
        assertThat(named.config().tls()).isEqualTo(new TemporalTls(null, Path.of("own.crt"), Path.of("own.key"), null));
        assertThat(withFile).isEqualTo(TemporalEndpoint.of(OF_THE_FILE));
    }

    @Test
    void shouldNotSendAnApiKeyInPlainText() {
        // given
        Map<String, String> environment = Map.of("TEMPORAL_API_KEY", "secret", "TEMPORAL_TLS", "false");
        // when, then
        assertThatThrownBy(() -> ClientSettings.load(null, environment))
                .isInstanceOf(CliException.class)
                .hasMessage("the environment: an API key is sent over TLS only");
    }

    @Test
    void shouldWantKeysInFiles() {
        // given
        Map<String, String> environment = Map.of("TEMPORAL_TLS_CLIENT_KEY_DATA", "-----BEGIN PRIVATE KEY-----");
        // when, then
        assertThatThrownBy(() -> ClientSettings.load(null, environment))
                .isInstanceOf(CliException.class)
                .hasMessageContaining("end in PATH");
    }

    @Test
    void shouldSayThatTheNamedProfileFileIsMissing() {
        // given
        Path missing = home.resolve("temporal.toml");
        Map<String, String> environment = Map.of("TEMPORAL_CONFIG_FILE", missing.toString());
        // when, then
        assertThatThrownBy(() -> ClientSettings.load(null, environment))
                .isInstanceOf(CliException.class)
                .hasMessage("there is no file " + missing + " (TEMPORAL_CONFIG_FILE)");
    }
}

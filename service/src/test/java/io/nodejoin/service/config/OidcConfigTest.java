package io.nodejoin.service.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nodejoin.client.config.ConfigException;
import io.nodejoin.client.config.ConfigFile;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OidcConfigTest {
    private static final String MINIMUM = """
            issuer: https://dex.example
            clientId: nodejoin
            clientSecretFile: secret
            externalUrl: https://joins.example.com
            operators: [sre]
            """;

    private static OidcConfig parse(String oidc) throws ConfigException {
        return Objects.requireNonNull(ConfigFile.parse("""
                        kafka: {bootstrapServers: a:1}
                        clusters: {west: {kubeconfigFile: west.conf, unsignedRequests: allow}}
                        gateway:
                          certificateFile: a
                          keyFile: b
                          agentCaCertificateFile: c
                          agentCaKeyFile: d
                        dashboard:
                          oidc:
                        """ + oidc.indent(4), ServiceConfig.class)
                .dashboard()
                .oidc());
    }

    @Test
    void shouldHaveDefaults() throws Exception {
        // when
        OidcConfig oidc = parse(MINIMUM);

        // then
        assertThat(oidc.externalUrl()).isEqualTo(URI.create("https://joins.example.com/"));
        assertThat(oidc.scopes()).containsExactly("openid", "profile", "email");
        assertThat(oidc.roleClaim()).isEqualTo("groups");
        assertThat(oidc.nameClaim()).isEqualTo("preferred_username");
        assertThat(oidc.viewers()).isEmpty();
        assertThat(oidc.audiences()).containsExactly("nodejoin");
        assertThat(oidc.sessionLifetime()).isEqualTo(Duration.ofHours(1));
    }

    @Test
    void shouldMapEveryProperty() throws Exception {
        assertThat(parse("""
                        issuer: https://dex.example
                        clientId: nodejoin
                        clientSecretFile: secret
                        externalUrl: https://joins.example.com/
                        scopes: [openid, groups]
                        roleClaim: roles
                        viewers: [sre]
                        operators: [sre-oncall]
                        nameClaim: email
                        audiences: [nodejoin, scripts]
                        sessionKeyFile: session.key
                        sessionLifetime: 2h
                        caFile: dex-ca.crt
                        """))
                .isEqualTo(new OidcConfig(
                        URI.create("https://dex.example"),
                        "nodejoin",
                        Path.of("secret"),
                        URI.create("https://joins.example.com/"),
                        List.of("openid", "groups"),
                        "roles",
                        List.of("sre"),
                        List.of("sre-oncall"),
                        "email",
                        List.of("nodejoin", "scripts"),
                        Path.of("session.key"),
                        Duration.ofHours(2),
                        Path.of("dex-ca.crt")));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            issuer: https://dex.example  | issuer: http://dex.example | issuer is http://dex.example; allowed: an https address
            joins.example.com            | joins.example.com/x        | it must have no path
            operators: [sre]             | operators: []              | dashboard.oidc.operators are empty
            clientSecretFile: secret     | caFile: ca.crt             | dashboard.oidc.sessionKeyFile is missing
            clientId: nodejoin           | nameClaim: name            | dashboard.oidc.clientId is missing
            clientSecretFile: secret     | clientSecretFile: secret; scopes: [groups]      | openid must be among it
            clientSecretFile: secret     | clientSecretFile: secret; sessionLifetime: 48h  | allowed: 1m to 24h
            """)
    void shouldNameTheSettingThatIsWrong(String right, String wrong, String message) {
        String changed = MINIMUM.replace(right, wrong.replace("; ", "\n"));
        assertThatThrownBy(() -> parse(changed)).hasMessageContaining(message);
    }

    @Test
    void shouldAllowHttpOnALoopbackAddress() throws Exception {
        assertThat(parse(MINIMUM.replace("https://dex.example", "http://127.0.0.1:5556/dex"))
                        .issuer())
                .isEqualTo(URI.create("http://127.0.0.1:5556/dex"));
    }
}

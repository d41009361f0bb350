package io.nodejoin.client.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nodejoin.protocol.ClusterName;
import java.nio.file.Path;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ClientConfigTest {
    private static final String FILE = """
            kafka: {bootstrapServers: "broker:9092"}
            gateway: {certificateFile: 3, unknown: [{a: b}]}
            clusters:
              fra-1: {kubeconfigFile: fra-1.conf, maxTokens: many}
            http: on
            temporal: {namespace: joins}
            """;

    @Test
    void shouldNotLookAtWhatIsForTheServiceAlone() throws ConfigException {
        // when
        ClientConfig config = ConfigFile.parse(FILE, ClientConfig.class);

        // then
        assertThat(config.kafka().bootstrapServers()).isEqualTo("broker:9092");
        assertThat(config.temporal().namespace()).isEqualTo("joins");
        assertThat(config.roles()).isEqualTo(Role.all());
        assertThat(config.clusters())
                .isEqualTo(Map.of(new ClusterName("fra-1"), new ClientConfig.Cluster(Path.of("fra-1.conf"))));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            namespace: joins           | namespce: joins      | temporal.namespce is not a known key; did you mean namespace?
            kubeconfigFile: fra-1.conf | idleTime: 1s         | clusters.<name>.kubeconfigFile is missing
            clusters:                  | machines:            | clusters is missing
            """)
    void shouldRefuseAMistakeInWhatItNeeds(String line, String mistake, String message) {
        // given
        String file = FILE.replace(line, mistake);

        // when
        ThrowingCallable parse = () -> ConfigFile.parse(file, ClientConfig.class);

        // then
        assertThatThrownBy(parse).isInstanceOf(ConfigException.class).hasMessageContaining(message);
    }
}

package io.nodejoin.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.nodejoin.client.config.ConfigException;
import io.nodejoin.client.config.KafkaConfig;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.junit.jupiter.api.Test;

class KafkaCallsTest {
    private final KafkaCalls calls = new KafkaCalls(KafkaConfig.withDefaults("broker:9092"));

    private CliException failure(KafkaCalls.Call<String> call) {
        return catchThrowableOfType(CliException.class, () -> calls.call(call));
    }

    @Test
    void shouldNameTheAddressThatDoesNotAnswerAndItsSetting() {
        // when
        CliException failure = failure(() -> {
            throw new ExecutionException(new TimeoutException("Topic x not present in metadata after 10000 ms."));
        });

        // then
        assertThat(failure.exitCode()).isEqualTo(ExitCodes.UNREACHABLE);
        assertThat(failure)
                .hasMessage("cannot reach Kafka at broker:9092: no answer in time; set KAFKA_BOOTSTRAP_SERVERS, or"
                        + " kafka.bootstrapServers in the file of --config");
    }

    @Test
    void shouldSayThatABrokerRefuses() {
        // when
        CliException failure = failure(() -> {
            throw new TopicAuthorizationException("Not authorized to access topics: [a]");
        });

        // then
        assertThat(failure.exitCode()).isEqualTo(ExitCodes.UNREACHABLE);
        assertThat(failure).hasMessage("Kafka at broker:9092 refuses: Not authorized to access topics: [a]");
    }

    @Test
    void shouldSayThatNoAddressCanBeUsed() {
        // when
        CliException failure = failure(() -> {
            throw new KafkaException("Failed to construct kafka consumer");
        });

        // then
        assertThat(failure).hasMessageContaining("cannot reach Kafka at broker:9092");
    }

    @Test
    void shouldTellAWrongSettingAsOne() {
        // when
        CliException failure = failure(() -> {
            throw new ConfigException("kafka.clientPropertiesFile is x, which cannot be read", null);
        });

        // then
        assertThat(failure.exitCode()).isEqualTo(ExitCodes.USAGE);
    }
}

package io.nodejoin.client.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nodejoin.client.config.KafkaConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KafkaSettingsTest {
    @TempDir
    private Path directory;

    @Test
    void shouldSetWhatKafkaLeavesUnsafe() throws Exception {
        // given
        KafkaSettings settings = new KafkaSettings(KafkaConfig.withDefaults("broker:9092"));
        // when
        var consumer = settings.consumer();
        var producer = settings.eventProducer();
        // then
        assertThat(consumer)
                .containsEntry("auto.offset.reset", "earliest")
                .containsEntry("enable.auto.commit", "false")
                .containsEntry("max.poll.interval.ms", "300000")
                .containsEntry(
                        "partition.assignment.strategy", "org.apache.kafka.clients.consumer.CooperativeStickyAssignor");
        assertThat(producer)
                .containsEntry("acks", "all")
                .containsEntry("enable.idempotence", "true")
                .containsEntry("max.in.flight.requests.per.connection", "5")
                .containsEntry("retries", Integer.toString(Integer.MAX_VALUE));
    }

    @ParameterizedTest
    @CsvSource({"auto.offset.reset,latest", "enable.auto.commit,true", "max.poll.interval.ms,3600000"})
    void shouldRefuseUnsafeConsumerSetting(String key, String value) throws Exception {
        // given
        KafkaSettings settings = with(key, value);
        // when, then
        assertThatThrownBy(settings::consumer)
                .hasMessageContaining("KAFKA_CONFIG_UNSAFE")
                .hasMessageContaining(key);
    }

    @ParameterizedTest
    @CsvSource({
        "acks, 1",
        "acks, 0",
        "enable.idempotence, false",
        "max.in.flight.requests.per.connection, 6",
        "retries, 0",
    })
    void shouldRefuseUnsafeProducerSetting(String key, String value) throws Exception {
        // given
        KafkaSettings settings = with(key, value);
        // when, then
        assertThatThrownBy(settings::producer)
                .hasMessageContaining("KAFKA_CONFIG_UNSAFE")
                .hasMessageContaining(key);
    }

    @Test
    void shouldPassTheOperatorsSettingsOn() throws Exception {
        // given
        KafkaSettings settings = with("linger.ms", "3");
        // when, then
        assertThat(settings.producer()).containsEntry("linger.ms", "3");
        assertThat(settings.eventProducer()).containsEntry("linger.ms", "3");
    }

    private KafkaSettings with(String key, String value) throws Exception {
        Path file = Files.writeString(directory.resolve("client.properties"), key + "=" + value + "\n");
        return new KafkaSettings(new KafkaConfig("broker:9092", "requests", "events", "dead", "group", file));
    }
}

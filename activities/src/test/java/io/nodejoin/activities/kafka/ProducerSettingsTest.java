package io.nodejoin.activities.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProducerSettingsTest {

    @ParameterizedTest
    @CsvSource({
        "acks, 1",
        "acks, 0",
        "enable.idempotence, false",
        "max.in.flight.requests.per.connection, 6",
        "retries, 0"
    })
    void shouldRefuseASettingThatCanLoseOrDoubleEvents(String key, String value) {
        // given
        Map<String, String> unsafe = Map.of(key, value);

        // when // then
        assertThatThrownBy(() -> new ProducerSettings("broker:9092", unsafe))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("KAFKA_CONFIG_UNSAFE")
                .hasMessageContaining(key);
    }

    @Test
    void shouldLeaveNoSafetySettingToADefault() {
        // when
        Map<String, Object> properties = new ProducerSettings("broker:9092", Map.of()).properties();

        // then
        assertThat(properties)
                .containsEntry("acks", "all")
                .containsEntry("enable.idempotence", "true")
                .containsEntry("max.in.flight.requests.per.connection", "5")
                .containsEntry("retries", Integer.toString(Integer.MAX_VALUE))
                .containsEntry("bootstrap.servers", "broker:9092");
    }

    @Test
    void shouldPassTheOperatorsSettingsOn() {
        // when
        Map<String, Object> properties =
                new ProducerSettings("broker:9092", Map.of("security.protocol", "SSL", "linger.ms", "3")).properties();

        // then
        assertThat(properties).containsEntry("security.protocol", "SSL").containsEntry("linger.ms", "3");
    }
}

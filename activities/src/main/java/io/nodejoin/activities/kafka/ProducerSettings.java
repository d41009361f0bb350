package io.nodejoin.activities.kafka;

import io.cloudevents.core.message.Encoding;
import io.cloudevents.kafka.CloudEventSerializer;
import io.nodejoin.protocol.ErrorCode;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.StringSerializer;

/** Settings of the event producer under which no acknowledged event is lost and no retry duplicates one. */
public final class ProducerSettings {
    /** Kafka silently changes these defaults if other settings conflict, so each is set explicitly. */
    private static final Map<String, String> REQUIRED = Map.of(
            ProducerConfig.ACKS_CONFIG, "all",
            ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, "true",
            ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION, "5",
            ProducerConfig.RETRIES_CONFIG, Integer.toString(Integer.MAX_VALUE));

    /** An activity waits for each event, so batching gains nothing. */
    private static final Map<String, String> DEFAULTS = Map.of(
            ProducerConfig.LINGER_MS_CONFIG, "0",
            ProducerConfig.MAX_BLOCK_MS_CONFIG, "10000",
            ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, "10000",
            ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, "25000");

    private final Map<String, String> settings;

    /**
     * @param overrides the operator's settings, such as TLS; they override all but the required settings
     * @throws IllegalArgumentException with code KAFKA_CONFIG_UNSAFE if one of them conflicts with a required setting
     */
    public ProducerSettings(String bootstrapServers, Map<String, String> overrides) {
        REQUIRED.forEach((key, value) -> {
            if (!overrides.getOrDefault(key, value).equals(value)) {
                throw new IllegalArgumentException(ErrorCode.KAFKA_CONFIG_UNSAFE + ": the producer setting " + key
                        + " must be " + value + ", not " + overrides.get(key));
            }
        });
        Map<String, String> all = new TreeMap<>(DEFAULTS);
        all.putAll(overrides);
        all.putAll(REQUIRED);
        all.put(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers);
        this.settings = Map.copyOf(all);
    }

    Map<String, Object> properties() {
        Map<String, Object> properties = new HashMap<>(settings);
        properties.put(ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG, StringSerializer.class);
        properties.put(ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG, CloudEventSerializer.class);
        properties.put(CloudEventSerializer.ENCODING_CONFIG, Encoding.BINARY);
        return properties;
    }
}

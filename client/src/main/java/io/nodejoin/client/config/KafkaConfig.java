package io.nodejoin.client.config;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The section {@code kafka}.
 *
 * @param bootstrapServers host:port, comma-separated
 * @param clientPropertiesFile further Kafka client settings, such as TLS, as a Java properties file
 */
public record KafkaConfig(
        String bootstrapServers,
        String requestsTopic,
        String eventsTopic,
        String deadLetterTopic,
        String groupId,
        @Nullable Path clientPropertiesFile) {
    public KafkaConfig {
        bootstrapServers =
                Check.notBlank("kafka.bootstrapServers", Check.required(bootstrapServers, "kafka.bootstrapServers"));
        requestsTopic = Check.notBlank("kafka.requestsTopic", Check.orDefault(requestsTopic, "nodejoin.requests.v1"));
        eventsTopic = Check.notBlank("kafka.eventsTopic", Check.orDefault(eventsTopic, "nodejoin.events.v1"));
        deadLetterTopic =
                Check.notBlank("kafka.deadLetterTopic", Check.orDefault(deadLetterTopic, requestsTopic + "-dlt"));
        groupId = Check.notBlank("kafka.groupId", Check.orDefault(groupId, "nodejoin"));
    }

    /** Returns the defaults with this address. */
    @SuppressWarnings("NullAway") // an absent key is null and gets its default above
    public static KafkaConfig withDefaults(String bootstrapServers) {
        return new KafkaConfig(bootstrapServers, null, null, null, null, null);
    }

    /** Returns a copy with another address. */
    public KafkaConfig withBootstrapServers(String servers) {
        return new KafkaConfig(servers, requestsTopic, eventsTopic, deadLetterTopic, groupId, clientPropertiesFile);
    }
}

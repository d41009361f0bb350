package io.nodejoin.client.kafka;

import io.nodejoin.client.config.ConfigException;
import io.nodejoin.client.config.KafkaConfig;
import io.nodejoin.protocol.ErrorCode;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.clients.producer.ProducerConfig;

/**
 * Settings of Kafka clients. Kafka's defaults can lose or duplicate events, so the required settings are set here and
 * checked after the operator's own file is merged.
 */
public final class KafkaSettings {
    private static final long LONGEST_POLL_INTERVAL_MILLIS = 600_000;
    /** No acknowledged event is lost, and no retry duplicates one. */
    private static final Map<String, String> SAFE_PRODUCER = Map.of(
            ProducerConfig.ACKS_CONFIG, "all",
            ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, "true",
            ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION, "5",
            ProducerConfig.RETRIES_CONFIG, Integer.toString(Integer.MAX_VALUE));

    private final KafkaConfig kafka;

    public KafkaSettings(KafkaConfig kafka) {
        this.kafka = kafka;
    }

    /** Settings of the consumer of requests. */
    public Map<String, Object> consumer() throws ConfigException {
        Map<String, Object> settings = common();
        settings.put(ConsumerConfig.GROUP_ID_CONFIG, kafka.groupId());
        settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false");
        settings.put(ConsumerConfig.PARTITION_ASSIGNMENT_STRATEGY_CONFIG, CooperativeStickyAssignor.class.getName());
        settings.put(ConsumerConfig.MAX_POLL_INTERVAL_MS_CONFIG, "300000");
        settings.put(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG, "30000");
        settings.put(ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG, "3000");
        settings.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, "50");
        // The broker responds to a fetch as soon as it has one byte; this only limits the wait for it.
        settings.put(ConsumerConfig.FETCH_MIN_BYTES_CONFIG, "1");
        settings.put(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, "500");
        settings.put(ConsumerConfig.FETCH_MAX_BYTES_CONFIG, "8388608");
        settings.put(ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, "1048576");
        settings.putAll(operatorSettings());
        requireSafeConsumer(settings);
        return settings;
    }

    /** Settings of a consumer without a group, which commits nothing and needs no right to a group. */
    public Map<String, Object> reader() throws ConfigException {
        Map<String, Object> settings = common();
        settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false");
        settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "latest");
        settings.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, "false");
        settings.put(ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, "10000");
        return settings;
    }

    /** Settings of the producer of activities, which wait for each event. */
    public Map<String, Object> eventProducer() throws ConfigException {
        return producer("10000", "25000");
    }

    /** Settings of the producer of requests and dead letters. */
    public Map<String, Object> producer() throws ConfigException {
        return producer("5000", "10000");
    }

    private Map<String, Object> producer(String requestTimeoutMillis, String deliveryTimeoutMillis)
            throws ConfigException {
        Map<String, Object> settings = common();
        settings.putAll(SAFE_PRODUCER);
        // What is sent while requests are in flight forms a batch, so only a lone event would wait longer.
        settings.put(ProducerConfig.LINGER_MS_CONFIG, "0");
        settings.put(ProducerConfig.BUFFER_MEMORY_CONFIG, "8388608");
        settings.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, "10000");
        settings.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, requestTimeoutMillis);
        settings.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, deliveryTimeoutMillis);
        settings.putAll(operatorSettings());
        for (Map.Entry<String, String> safe : SAFE_PRODUCER.entrySet()) {
            requireValue(settings, safe.getKey(), safe.getValue());
        }
        return settings;
    }

    /** Settings of a consumer without a group, and of admin clients. */
    public Map<String, Object> common() throws ConfigException {
        Map<String, Object> settings = new TreeMap<>();
        settings.put(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, kafka.bootstrapServers());
        settings.put(CommonClientConfigs.RECONNECT_BACKOFF_MS_CONFIG, "50");
        settings.put(CommonClientConfigs.RECONNECT_BACKOFF_MAX_MS_CONFIG, "1000");
        settings.put("enable.metrics.push", "false");
        settings.putAll(operatorSettings());
        return settings;
    }

    /** The operator's own settings; they may contain secrets. */
    private Map<String, String> operatorSettings() throws ConfigException {
        if (kafka.clientPropertiesFile() == null) {
            return Map.of();
        }
        Properties properties = new Properties();
        try (Reader reader = Files.newBufferedReader(kafka.clientPropertiesFile())) {
            properties.load(reader);
        } catch (IOException e) {
            throw new ConfigException(
                    "kafka.clientPropertiesFile is " + kafka.clientPropertiesFile() + ", which cannot be read", e);
        }
        Map<String, String> own = new TreeMap<>();
        properties.stringPropertyNames().forEach(name -> own.put(name, properties.getProperty(name)));
        return own;
    }

    private static void requireSafeConsumer(Map<String, Object> settings) throws ConfigException {
        requireValue(settings, ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        requireValue(settings, ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false");
        requireValue(
                settings,
                ConsumerConfig.PARTITION_ASSIGNMENT_STRATEGY_CONFIG,
                CooperativeStickyAssignor.class.getName());
        String interval = String.valueOf(settings.get(ConsumerConfig.MAX_POLL_INTERVAL_MS_CONFIG));
        if (Long.parseLong(interval) > LONGEST_POLL_INTERVAL_MILLIS) {
            throw unsafe(ConsumerConfig.MAX_POLL_INTERVAL_MS_CONFIG, interval, "at most 600000");
        }
    }

    private static void requireValue(Map<String, Object> settings, String key, String safe) throws ConfigException {
        String value = String.valueOf(settings.get(key));
        if (!value.equals(safe)) {
            throw unsafe(key, value, safe);
        }
    }

    private static ConfigException unsafe(String key, String value, String allowed) {
        return new ConfigException(
                ErrorCode.KAFKA_CONFIG_UNSAFE + ": " + key + " is " + value + "; allowed: " + allowed
                        + ". To do: remove it from kafka.clientPropertiesFile",
                null);
    }
}

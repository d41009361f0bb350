package io.nodejoin.service.health;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DescribeTopicsOptions;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.jspecify.annotations.Nullable;

/** Checks that the broker responds and the topics exist. */
public final class KafkaProbe {
    private static final int TIMEOUT_MILLIS = 3_000;

    private final Function<List<String>, Map<String, KafkaFuture<TopicDescription>>> descriptions;
    private final List<String> topics;

    public KafkaProbe(Admin admin, List<String> topics) {
        this(
                names -> admin.describeTopics(names, new DescribeTopicsOptions().timeoutMs(TIMEOUT_MILLIS))
                        .topicNameValues(),
                topics);
    }

    /** @param descriptions asks the broker for the topics of these names */
    KafkaProbe(Function<List<String>, Map<String, KafkaFuture<TopicDescription>>> descriptions, List<String> topics) {
        this.descriptions = descriptions;
        this.topics = List.copyOf(topics);
    }

    /** Returns why Kafka is not ready, or null. */
    public @Nullable String notReadyReason() throws InterruptedException {
        List<String> missing = new ArrayList<>();
        for (Map.Entry<String, KafkaFuture<TopicDescription>> topic :
                new TreeMap<>(descriptions.apply(topics)).entrySet()) {
            try {
                TopicDescription _ = topic.getValue().get();
            } catch (ExecutionException e) {
                switch (e.getCause()) {
                    case UnknownTopicOrPartitionException _ -> missing.add(topic.getKey());
                    case TopicAuthorizationException _ -> {
                        return "the Kafka user may not describe the topic " + topic.getKey() + "; grant it Describe";
                    }
                    case null, default -> {
                        return "the broker does not respond: " + e.getCause();
                    }
                }
            }
        }
        return missing.isEmpty() ? null : missingText(missing);
    }

    private static String missingText(List<String> missing) {
        return missing.stream()
                .map(topic -> "topic " + topic
                        + " does not exist; create it: kafka-topics.sh --bootstrap-server BROKER --create --topic "
                        + topic)
                .collect(Collectors.joining("; "));
    }
}

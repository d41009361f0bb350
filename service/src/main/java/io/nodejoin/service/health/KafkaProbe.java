package io.nodejoin.service.health;

import java.util.List;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DescribeTopicsOptions;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.jspecify.annotations.Nullable;

/** Checks that the broker responds and the topics exist. */
public final class KafkaProbe {
    private static final int TIMEOUT_MILLIS = 3_000;

    private final Admin admin;
    private final List<String> topics;

    public KafkaProbe(Admin admin, List<String> topics) {
        this.admin = admin;
        this.topics = List.copyOf(topics);
    }

    /** Returns why Kafka is not ready, or null. */
    public @Nullable String notReadyReason() throws InterruptedException {
        try {
            admin.describeTopics(topics, new DescribeTopicsOptions().timeoutMs(TIMEOUT_MILLIS))
                    .allTopicNames()
                    .get();
            return null;
        } catch (ExecutionException e) {
            return e.getCause() instanceof UnknownTopicOrPartitionException
                    ? "one of the topics " + topics + " does not exist"
                    : "the broker does not respond: " + e.getCause();
        }
    }
}

package io.nodejoin.service.health;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class KafkaProbeTest {
    private static final KafkaFuture<TopicDescription> FOUND =
            KafkaFuture.completedFuture(new TopicDescription("any", false, List.of()));

    @Test
    void shouldBeReadyWhenEveryTopicIsThere() throws InterruptedException {
        // when
        @Nullable String reason = reason(FOUND, FOUND);

        // then
        assertThat(reason).isNull();
    }

    @Test
    void shouldNameEachTopicThatIsMissingWithTheCommandThatCreatesIt() throws InterruptedException {
        // when
        @Nullable String reason = reason(failed(new UnknownTopicOrPartitionException()), FOUND);

        // then
        assertThat(reason)
                .isEqualTo("topic events does not exist; create it: kafka-topics.sh --bootstrap-server BROKER --create"
                        + " --topic events");
    }

    @Test
    void shouldTellAMissingRightFromABrokerThatDoesNotRespond() throws InterruptedException {
        // when
        @Nullable String denied = reason(FOUND, failed(new TopicAuthorizationException("requests")));
        @Nullable String away = reason(failed(new TimeoutException("no node")), FOUND);

        // then
        assertThat(denied).isEqualTo("the Kafka user may not describe the topic requests; grant it Describe");
        assertThat(away).startsWith("the broker does not respond: ").contains("no node");
    }

    private static @Nullable String reason(KafkaFuture<TopicDescription> events, KafkaFuture<TopicDescription> requests)
            throws InterruptedException {
        return new KafkaProbe(_ -> Map.of("events", events, "requests", requests), List.of("events", "requests"))
                .notReadyReason();
    }

    private static KafkaFuture<TopicDescription> failed(ApiException cause) {
        return FOUND.thenApply(_ -> {
            throw cause;
        });
    }
}

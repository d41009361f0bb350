package io.nodejoin.client.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.nodejoin.client.config.KafkaConfig;
import io.nodejoin.client.config.Role;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.GroupAuthorizationException;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class KafkaProbeTest {
    private static final String GRANT = "kafka-acls.sh --bootstrap-server BROKER --add --allow-principal User:NAME";
    private static final KafkaFuture<TopicDescription> FOUND =
            allowing(AclOperation.READ, AclOperation.WRITE, AclOperation.DESCRIBE);
    private static final KafkaFuture<ConsumerGroupDescription> NO_GROUP =
            failed(new GroupIdNotFoundException("no such group"));

    @Test
    void shouldBeReadyWhenEveryTopicIsThereAndAllowsWhatIsNeeded() throws InterruptedException {
        // when
        @Nullable String reason = reason(FOUND, allowing(AclOperation.READ, AclOperation.DESCRIBE), NO_GROUP);

        // then
        assertThat(reason).isNull();
    }

    @Test
    void shouldNameEachTopicThatIsMissingWithTheCommandThatCreatesIt() throws InterruptedException {
        // when
        @Nullable String reason = reason(failed(new UnknownTopicOrPartitionException()), FOUND, NO_GROUP);

        // then
        assertThat(reason)
                .isEqualTo("topic events does not exist; create it: kafka-topics.sh --bootstrap-server BROKER --create"
                        + " --topic events");
    }

    @Test
    void shouldNameTheRightThatIsMissingWithTheCommandThatGrantsIt() throws InterruptedException {
        // when
        @Nullable String all = reason(failed(new TopicAuthorizationException("events")), FOUND, NO_GROUP);
        @Nullable String one = reason(allowing(AclOperation.READ), FOUND, NO_GROUP);
        @Nullable String group = reason(FOUND, FOUND, failed(new GroupAuthorizationException("us")));

        // then
        assertThat(all)
                .isEqualTo("the Kafka user lacks Read and Write on the topic events; grant it: " + GRANT
                        + " --topic events --operation Read --operation Write");
        assertThat(one)
                .isEqualTo("the Kafka user lacks Write on the topic events; grant it: " + GRANT
                        + " --topic events --operation Write");
        assertThat(group)
                .isEqualTo("the Kafka user lacks Read on the group us; grant it: " + GRANT
                        + " --group us --operation Read");
    }

    @Test
    void shouldSayThatTheBrokerDoesNotRespond() throws InterruptedException {
        // when
        @Nullable String away = reason(failed(new TimeoutException("no node")), FOUND, NO_GROUP);

        // then
        assertThat(away).startsWith("the broker does not respond: ").contains("no node");
    }

    @Test
    void shouldAskForWhatTheRolesNeedOnly() {
        // given
        KafkaConfig kafka = new KafkaConfig("b:1", "requests", "events", "dead", "us", null);

        // when, then
        assertThat(KafkaPermissions.of(kafka, Set.of(Role.GATEWAY, Role.APPROVER)))
                .isEqualTo(new KafkaPermissions(Map.of(), null));
        assertThat(KafkaPermissions.of(kafka, Set.of(Role.WORKER)))
                .isEqualTo(new KafkaPermissions(Map.of("events", Set.of(AclOperation.WRITE)), null));
        assertThat(KafkaPermissions.of(kafka, Role.all()))
                .isEqualTo(KafkaPermissions.of(kafka, Set.of(Role.INTAKE)))
                .isEqualTo(new KafkaPermissions(
                        Map.of(
                                "requests", Set.of(AclOperation.READ),
                                "events", Set.of(AclOperation.READ, AclOperation.WRITE),
                                "dead", Set.of(AclOperation.READ, AclOperation.WRITE)),
                        "us"));
    }

    private static @Nullable String reason(
            KafkaFuture<TopicDescription> events,
            KafkaFuture<TopicDescription> requests,
            KafkaFuture<ConsumerGroupDescription> group)
            throws InterruptedException {
        KafkaProbe.Descriptions descriptions = new KafkaProbe.Descriptions() {
            @Override
            public Map<String, KafkaFuture<TopicDescription>> topics(Collection<String> names) {
                return Map.of("events", events, "requests", requests);
            }

            @Override
            public KafkaFuture<ConsumerGroupDescription> group(String id) {
                return group;
            }
        };
        return new KafkaProbe(
                        descriptions,
                        new KafkaPermissions(
                                Map.of(
                                        "events", Set.of(AclOperation.READ, AclOperation.WRITE),
                                        "requests", Set.of(AclOperation.READ)),
                                "us"))
                .notReadyReason();
    }

    private static KafkaFuture<TopicDescription> allowing(AclOperation... operations) {
        return KafkaFuture.completedFuture(new TopicDescription("any", false, List.of(), Set.of(operations)));
    }

    private static <T> KafkaFuture<T> failed(ApiException cause) {
        return KafkaFuture.<T>completedFuture(null).thenApply(_ -> {
            throw cause;
        });
    }
}

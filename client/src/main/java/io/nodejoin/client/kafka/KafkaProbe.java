package io.nodejoin.client.kafka;

import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.clients.admin.DescribeConsumerGroupsOptions;
import org.apache.kafka.clients.admin.DescribeTopicsOptions;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.errors.GroupAuthorizationException;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.jspecify.annotations.Nullable;

/** Checks that the broker responds, that the topics exist, and that the Kafka user may do what the process has to do. */
public final class KafkaProbe {
    private static final int TIMEOUT_MILLIS = 3_000;
    private static final String GRANT = "kafka-acls.sh --bootstrap-server BROKER --add --allow-principal User:NAME";

    private final Descriptions descriptions;
    private final KafkaPermissions permissions;

    /** @param permissions what the process has to be allowed */
    public KafkaProbe(Admin admin, KafkaPermissions permissions) {
        this(new AdminDescriptions(admin), permissions);
    }

    KafkaProbe(Descriptions descriptions, KafkaPermissions permissions) {
        this.descriptions = descriptions;
        this.permissions = permissions;
    }

    /** What a broker says, with the operations that it allows. */
    interface Descriptions {
        Map<String, KafkaFuture<TopicDescription>> topics(Collection<String> names);

        KafkaFuture<ConsumerGroupDescription> group(String id);
    }

    private record AdminDescriptions(Admin admin) implements Descriptions {
        @Override
        public Map<String, KafkaFuture<TopicDescription>> topics(Collection<String> names) {
            return admin.describeTopics(
                            names,
                            new DescribeTopicsOptions()
                                    .includeAuthorizedOperations(true)
                                    .timeoutMs(TIMEOUT_MILLIS))
                    .topicNameValues();
        }

        @Override
        public KafkaFuture<ConsumerGroupDescription> group(String id) {
            return Objects.requireNonNull(admin.describeConsumerGroups(
                            List.of(id),
                            new DescribeConsumerGroupsOptions()
                                    .includeAuthorizedOperations(true)
                                    .timeoutMs(TIMEOUT_MILLIS))
                    .describedGroups()
                    .get(id));
        }
    }

    /** Returns why Kafka is not ready, or null. */
    public @Nullable String notReadyReason() throws InterruptedException {
        List<String> reasons = new ArrayList<>();
        try {
            for (Map.Entry<String, KafkaFuture<TopicDescription>> topic :
                    new TreeMap<>(descriptions.topics(permissions.topics().keySet())).entrySet()) {
                checkTopic(topic.getKey(), topic.getValue(), reasons);
            }
            if (permissions.group() != null) {
                checkGroup(permissions.group(), reasons);
            }
        } catch (ExecutionException e) {
            return "the broker does not respond: " + e.getCause();
        }
        return reasons.isEmpty() ? null : String.join("; ", reasons);
    }

    private void checkTopic(String topic, KafkaFuture<TopicDescription> description, List<String> reasons)
            throws ExecutionException, InterruptedException {
        Set<AclOperation> wanted = permissions.topics().getOrDefault(topic, Set.of());
        try {
            refuse("topic", topic, missing(wanted, description.get().authorizedOperations()), reasons);
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case UnknownTopicOrPartitionException _ ->
                    reasons.add("topic " + topic
                            + " does not exist; create it: kafka-topics.sh --bootstrap-server BROKER --create --topic "
                            + topic);
                case TopicAuthorizationException _ -> refuse("topic", topic, wanted, reasons);
                case null, default -> throw e;
            }
        }
    }

    private void checkGroup(String group, List<String> reasons) throws ExecutionException, InterruptedException {
        Set<AclOperation> wanted = Set.of(AclOperation.READ);
        try {
            refuse(
                    "group",
                    group,
                    missing(wanted, descriptions.group(group).get().authorizedOperations()),
                    reasons);
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case GroupIdNotFoundException _ -> {} // nobody has read in it yet
                case GroupAuthorizationException _ -> refuse("group", group, wanted, reasons);
                case null, default -> throw e;
            }
        }
    }

    /** @param allowed null or empty if the broker does not say: who may describe may do something */
    private static Set<AclOperation> missing(Set<AclOperation> wanted, @Nullable Set<AclOperation> allowed) {
        Set<AclOperation> missing = EnumSet.copyOf(wanted);
        missing.removeAll(allowed == null || allowed.isEmpty() ? wanted : allowed);
        return missing;
    }

    private static void refuse(String kind, String name, Set<AclOperation> operations, List<String> reasons) {
        if (!operations.isEmpty()) {
            List<String> words =
                    operations.stream().sorted().map(KafkaProbe::word).toList();
            reasons.add("the Kafka user lacks " + String.join(" and ", words) + " on the " + kind + " " + name
                    + "; grant it: " + GRANT + " --" + kind + " " + name
                    + words.stream().map(word -> " --operation " + word).collect(Collectors.joining()));
        }
    }

    private static String word(AclOperation operation) {
        String name = operation.name();
        return name.charAt(0) + name.substring(1).toLowerCase(Locale.ROOT);
    }
}

package io.nodejoin.testbed.chaos;

import io.nodejoin.testbed.process.Await;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.common.TopicPartition;

/** The consumer group of the intake, by Kafka's own word. */
record ConsumerGroup(String bootstrapServers) {
    private static final String GROUP = "nodejoin";
    private static final int PARTITIONS = 12;
    /** Longer than a consumer's session. */
    private static final Duration REBALANCE_TIMEOUT = Duration.ofSeconds(90);

    /** Which partitions each member has; members without any included. */
    Map<String, Set<Integer>> assignment() {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers))) {
            ConsumerGroupDescription group = Objects.requireNonNull(admin.describeConsumerGroups(Set.of(GROUP))
                            .describedGroups()
                            .get(GROUP))
                    .get();
            return group.members().stream()
                    .collect(Collectors.toMap(
                            member -> member.consumerId(),
                            member -> member.assignment().topicPartitions().stream()
                                    .map(TopicPartition::partition)
                                    .collect(Collectors.toCollection(TreeSet::new)),
                            (one, _) -> one,
                            TreeMap::new));
        } catch (ExecutionException e) {
            throw new IllegalStateException("Kafka does not describe the group " + GROUP, e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while reading the group " + GROUP, e);
        }
    }

    /** Waits until so many members have all partitions among them; throws if they do not in time. */
    void awaitMembers(int number) {
        boolean rebalanced = Await.until(REBALANCE_TIMEOUT, () -> {
            Map<String, Set<Integer>> assignment = assignment();
            return assignment.size() == number
                    && assignment.values().stream().mapToInt(Set::size).sum() == PARTITIONS;
        });
        if (!rebalanced) {
            throw new IllegalStateException("the group " + GROUP + " does not rebalance: " + assignment());
        }
    }
}

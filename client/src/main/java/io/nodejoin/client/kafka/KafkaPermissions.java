package io.nodejoin.client.kafka;

import io.nodejoin.client.config.KafkaConfig;
import io.nodejoin.client.config.Role;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.kafka.common.acl.AclOperation;
import org.jspecify.annotations.Nullable;

/**
 * What Kafka has to allow the user of a process.
 *
 * @param topics the operations on each topic; each implies Describe
 * @param group the consumer group that it reads in; null if it reads in none
 */
public record KafkaPermissions(
        Map<String, Set<AclOperation>> topics, @Nullable String group) {
    public KafkaPermissions {
        topics = Collections.unmodifiableMap(new TreeMap<>(topics));
    }

    /**
     * Returns the least that a process with these roles needs. That operators publish dead letters again needs Write on the
     * requests topic besides.
     */
    public static KafkaPermissions of(KafkaConfig kafka, Set<Role> roles) {
        Map<String, Set<AclOperation>> topics = new TreeMap<>();
        if (roles.contains(Role.WORKER)) {
            allow(topics, kafka.eventsTopic(), AclOperation.WRITE);
        }
        if (roles.contains(Role.INTAKE)) {
            allow(topics, kafka.requestsTopic(), AclOperation.READ);
            // A rejection is an event; the dashboard reads events and dead letters.
            allow(topics, kafka.eventsTopic(), AclOperation.READ, AclOperation.WRITE);
            allow(topics, kafka.deadLetterTopic(), AclOperation.READ, AclOperation.WRITE);
        }
        return new KafkaPermissions(topics, roles.contains(Role.INTAKE) ? kafka.groupId() : null);
    }

    private static void allow(Map<String, Set<AclOperation>> topics, String topic, AclOperation... operations) {
        topics.computeIfAbsent(topic, _ -> EnumSet.noneOf(AclOperation.class)).addAll(Set.of(operations));
    }
}

package io.nodejoin.service.config;

import io.nodejoin.protocol.ClusterName;
import io.nodejoin.workflows.lifecycle.JoinPolicy;
import java.nio.file.Path;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * All settings of {@code nodejoin serve}. Secrets are in files, never in values, so it can be printed.
 *
 * @param clusters the clusters that machines can join, by the name in requests
 */
public record ServiceConfig(
        KafkaConfig kafka,
        TemporalConfig temporal,
        Map<ClusterName, ClusterConfig> clusters,
        GatewayConfig gateway,
        HttpConfig http,
        AuditConfig audit,
        JoinConfig join) {

    @SuppressWarnings("NullAway") // an absent section is null and gets the defaults of its record
    public ServiceConfig {
        kafka = Check.required(kafka, "kafka");
        temporal = Check.orDefault(temporal, new TemporalConfig(null, null));
        clusters = sorted(Check.required(clusters, "clusters"));
        gateway = Check.required(gateway, "gateway");
        http = Check.orDefault(http, new HttpConfig(null));
        audit = Check.orDefault(audit, new AuditConfig(null));
        join = Check.orDefault(join, new JoinConfig(null, null));
        if (clusters.isEmpty()) {
            throw new IllegalArgumentException("clusters is empty; name at least one cluster");
        }
        if (kafka.requestsTopic().equals(kafka.eventsTopic())
                || kafka.requestsTopic().equals(kafka.deadLetterTopic())
                || kafka.eventsTopic().equals(kafka.deadLetterTopic())) {
            throw new IllegalArgumentException(
                    "kafka.requestsTopic, kafka.eventsTopic and kafka.deadLetterTopic must be three topics");
        }
        if (http.listen().equals(gateway.listen()) && http.listen().port() != 0) {
            throw new IllegalArgumentException(
                    "http.listen and gateway.listen are both " + http.listen() + "; they must differ");
        }
    }

    /** Returns the policy of joins, by cluster. */
    public Map<ClusterName, JoinPolicy> joinPolicies() {
        return clusters.entrySet().stream()
                .collect(Collectors.toUnmodifiableMap(Map.Entry::getKey, entry -> joinPolicies(entry.getValue())));
    }

    /** Returns the maximum number of live tokens of a cluster. */
    public int maxTokens(ClusterName cluster) {
        ClusterConfig config = clusters.get(cluster);
        return config == null ? 0 : config.maxTokens();
    }

    /** Returns the files with the keys that verify requests, for the clusters that have one. */
    public Map<ClusterName, Path> requestKeysFiles() {
        Map<ClusterName, Path> files = new HashMap<>();
        clusters.forEach((name, cluster) ->
                Optional.ofNullable(cluster.requestKeysFile()).ifPresent(file -> files.put(name, file)));
        return files;
    }

    private JoinPolicy joinPolicies(ClusterConfig cluster) {
        return new JoinPolicy(cluster.approval(), join.tokenTtl(), cluster.kubeletDigests(), cluster.hosts());
    }

    private static Map<ClusterName, ClusterConfig> sorted(Map<ClusterName, ClusterConfig> clusters) {
        TreeMap<ClusterName, ClusterConfig> byName =
                new TreeMap<>((left, right) -> left.value().compareTo(right.value()));
        byName.putAll(clusters);
        return Collections.unmodifiableMap(byName);
    }
}

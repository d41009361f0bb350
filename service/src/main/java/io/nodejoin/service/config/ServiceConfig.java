package io.nodejoin.service.config;

import io.nodejoin.client.config.Check;
import io.nodejoin.client.config.KafkaConfig;
import io.nodejoin.client.config.Role;
import io.nodejoin.client.config.TemporalConfig;
import io.nodejoin.gateway.config.GatewaySettings;
import io.nodejoin.gateway.config.ListenAddress;
import io.nodejoin.protocol.ClusterName;
import io.nodejoin.workflows.lifecycle.JoinPolicy;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * All settings of {@code nodejoin serve}. Secrets are in files, never in values, so it can be printed.
 *
 * @param roles what this process does; all by default
 * @param clusters the clusters that machines can join, by the name in requests
 */
public record ServiceConfig(
        Set<Role> roles,
        KafkaConfig kafka,
        TemporalConfig temporal,
        Map<ClusterName, ClusterConfig> clusters,
        GatewaySettings gateway,
        Http http,
        Audit audit,
        Join join,
        DashboardConfig dashboard) {

    @SuppressWarnings("NullAway") // an absent section is null and gets the defaults of its record
    public ServiceConfig {
        roles = Role.ordered(Check.orDefault(roles, Role.all()));
        kafka = Check.required(kafka, "kafka");
        temporal = Check.orDefault(temporal, TemporalConfig.withDefaults(null));
        temporal.requireSecurity();
        clusters = sorted(Check.required(clusters, "clusters"));
        gateway = Check.required(gateway, "gateway");
        http = Check.orDefault(http, new Http(null, null));
        audit = Check.orDefault(audit, new Audit(null));
        join = Check.orDefault(join, new Join(null, null, null));
        dashboard = Check.orDefault(dashboard, new DashboardConfig(null, null, null, null));
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

    /** Returns a copy with another {@code gateway.instance}; throws if that is no label. */
    public ServiceConfig withGatewayInstance(String instance) {
        return new ServiceConfig(
                roles, kafka, temporal, clusters, gateway.withInstance(instance), http, audit, join, dashboard);
    }

    /** Returns a copy for a process with these roles. */
    public ServiceConfig withRoles(Set<Role> others) {
        return new ServiceConfig(others, kafka, temporal, clusters, gateway, http, audit, join, dashboard);
    }

    /** Returns whether this process has the role. */
    public boolean has(Role role) {
        return roles.contains(role);
    }

    /** Returns whether this process has a credential for each cluster. */
    public boolean reachesClusters() {
        return has(Role.WORKER) || has(Role.APPROVER);
    }

    /** Returns whether this process reads or writes topics. */
    public boolean reachesKafka() {
        return has(Role.INTAKE) || has(Role.WORKER);
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
        return new JoinPolicy(
                cluster.approval(),
                cluster.tlsBootstrap(),
                cluster.nodeObject(),
                join.tokenTtl(),
                cluster.kubeletDigests(),
                cluster.hosts(),
                cluster.certificateLifetime());
    }

    private static Map<ClusterName, ClusterConfig> sorted(Map<ClusterName, ClusterConfig> clusters) {
        TreeMap<ClusterName, ClusterConfig> byName =
                new TreeMap<>((left, right) -> left.value().compareTo(right.value()));
        byName.putAll(clusters);
        return Collections.unmodifiableMap(byName);
    }

    /**
     * The section {@code http}: liveness, readiness, metrics and dashboard.
     *
     * @param listen the address to listen on; its content is for operators and contains no secrets
     * @param hosts the names, without ports, under which clients may ask for it, as a proxy or a Service has; IP
     *     addresses, localhost and the host of {@code listen} need no entry. Other names get 421: a page of a stranger
     *     whose name leads here could read the answer
     */
    public record Http(ListenAddress listen, List<String> hosts) {
        public Http {
            listen = Check.orDefault(listen, new ListenAddress("127.0.0.1", 8080));
            hosts = List.copyOf(Check.orDefault(hosts, List.of()));
        }
    }

    /**
     * The section {@code audit}.
     *
     * @param file the audit log, written before every effect; without it there are no effects
     */
    public record Audit(Path file) {
        public Audit {
            file = Check.orDefault(file, Path.of("/var/lib/nodejoin/audit.jsonl"));
        }
    }

    /**
     * The section {@code join}.
     *
     * @param deadline the deadline of a join whose request has none; below the 15 minutes after which autoscalers give
     *     up
     * @param tokenTtl the maximum lifetime of a token
     * @param maxConcurrentStarts how many requests the intake of this process starts at the same time; those for one node
     *     it starts in order
     */
    public record Join(Duration deadline, Duration tokenTtl, Integer maxConcurrentStarts) {
        public Join {
            deadline = Check.range(
                    "join.deadline",
                    Check.orDefault(deadline, Duration.ofMinutes(14)),
                    Duration.ofSeconds(30),
                    Duration.ofHours(24));
            tokenTtl = Check.range(
                    "join.tokenTtl",
                    Check.orDefault(tokenTtl, Duration.ofMinutes(10)),
                    Duration.ofMinutes(1),
                    Duration.ofMinutes(15));
            maxConcurrentStarts =
                    Check.range("join.maxConcurrentStarts", Check.orDefault(maxConcurrentStarts, 16), 1, 256);
        }
    }
}

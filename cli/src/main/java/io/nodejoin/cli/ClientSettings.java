package io.nodejoin.cli;

import io.nodejoin.client.config.ClientConfig;
import io.nodejoin.client.config.ConfigException;
import io.nodejoin.client.config.ConfigFile;
import io.nodejoin.client.config.KafkaConfig;
import io.nodejoin.client.temporal.TemporalEndpoint;
import io.nodejoin.protocol.ClusterName;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The settings of a command that connects to a running system.
 *
 * @param kafka absent if neither the file nor the environment names a broker
 * @param cluster the default if the command line names no cluster
 * @param kubeconfigs the kubeconfig of each cluster in the file
 */
record ClientSettings(
        @Nullable KafkaConfig kafka,
        TemporalEndpoint temporal,
        @Nullable ClusterName cluster,
        Map<ClusterName, Path> kubeconfigs) {

    /** Loads the file if there is one; the environment overrides it. */
    static ClientSettings load(@Nullable Path file, Map<String, String> environment) {
        ClientConfig config = file == null ? null : read(file);
        try {
            return new ClientSettings(
                    kafka(config, environment),
                    new TemporalEnvironment(environment).endpoint(config == null ? null : config.temporal()),
                    cluster(config, environment),
                    kubeconfigs(config));
        } catch (IllegalArgumentException e) {
            throw new CliException(ExitCodes.USAGE, "the environment: " + e.getMessage(), e);
        }
    }

    KafkaConfig requireKafka() {
        if (kafka == null) {
            throw new CliException(
                    ExitCodes.USAGE,
                    "no Kafka broker is named: give --config FILE or set KAFKA_BOOTSTRAP_SERVERS",
                    null);
        }
        return kafka;
    }

    ClusterName requireCluster(@Nullable String named) {
        if (named != null) {
            return clusterName(named);
        }
        if (cluster == null) {
            throw new CliException(
                    ExitCodes.USAGE,
                    "no cluster is named: write CLUSTER/NODE, give --cluster NAME, or set NODEJOIN_CLUSTER",
                    null);
        }
        return cluster;
    }

    Path requireKubeconfig(ClusterName named) {
        Path file = kubeconfigs.get(named);
        if (file == null) {
            throw new CliException(
                    ExitCodes.USAGE,
                    "no kubeconfig of cluster " + named + " is named: give --kubeconfig FILE, or --config with the"
                            + " service's file",
                    null);
        }
        return file;
    }

    private static Map<ClusterName, Path> kubeconfigs(@Nullable ClientConfig config) {
        return config == null
                ? Map.of()
                : config.clusters().entrySet().stream()
                        .collect(Collectors.toMap(
                                Map.Entry::getKey, entry -> entry.getValue().kubeconfigFile()));
    }

    /** Reads what a client needs of the service's file. */
    static ClientConfig read(Path file) {
        try {
            return ConfigFile.read(file, ClientConfig.class);
        } catch (ConfigException e) {
            throw new CliException(ExitCodes.USAGE, String.valueOf(e.getMessage()), e);
        }
    }

    private static @Nullable KafkaConfig kafka(@Nullable ClientConfig config, Map<String, String> environment) {
        String servers = environment.get("KAFKA_BOOTSTRAP_SERVERS");
        if (config == null) {
            return servers == null ? null : KafkaConfig.withDefaults(servers);
        }
        return servers == null ? config.kafka() : config.kafka().withBootstrapServers(servers);
    }

    private static @Nullable ClusterName cluster(@Nullable ClientConfig config, Map<String, String> environment) {
        String named = environment.get("NODEJOIN_CLUSTER");
        if (named != null) {
            return clusterName(named);
        }
        return config != null && config.clusters().size() == 1
                ? config.clusters().keySet().iterator().next()
                : null;
    }

    static ClusterName clusterName(String value) {
        try {
            return new ClusterName(value);
        } catch (IllegalArgumentException e) {
            throw new CliException(ExitCodes.USAGE, "the cluster name '" + value + "' " + e.getMessage(), e);
        }
    }
}

package io.nodejoin.cli;

import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.NodeName;
import io.nodejoin.protocol.PoolName;
import io.nodejoin.workflows.node.NodeRef;
import io.nodejoin.workflows.pool.PoolRef;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Options of every command that connects to a running system. */
final class ClientOptions {
    static final String NODE = "[CLUSTER/]NODE";
    static final String POOL = "[CLUSTER/]POOL";
    static final String POOL_DESCRIPTION = "the pool's name, with its cluster or with --cluster";
    static final String NODE_DESCRIPTION = "the node's name, with its cluster or with --cluster";

    @Option(
            names = "--config",
            paramLabel = "FILE",
            description = "the service's YAML file, for addresses and topics (or NODEJOIN_CONFIG)")
    private @Nullable Path config;

    @Option(names = "--cluster", paramLabel = "NAME", description = "the cluster (or NODEJOIN_CLUSTER)")
    private @Nullable String cluster;

    @Mixin
    private Output output = new Output();

    ClientSettings settings(Map<String, String> environment) {
        String named = environment.get("NODEJOIN_CONFIG");
        return ClientSettings.load(config == null && named != null ? Path.of(named) : config, environment);
    }

    /** Returns the cluster of the command line, or else of the environment, for commands that do not require one. */
    Optional<ClusterName> namedCluster(Map<String, String> environment) {
        return Optional.ofNullable(cluster == null ? environment.get("NODEJOIN_CLUSTER") : cluster)
                .map(ClientSettings::clusterName);
    }

    /** Returns the cluster of the command line, or else of the settings. */
    ClusterName cluster(ClientSettings settings) {
        return settings.requireCluster(cluster);
    }

    /** Returns the node of the command line, which may name its cluster too. */
    NodeRef node(ClientSettings settings, String text) {
        return new NodeRef(clusterOf(settings, text), nodeName(text.substring(text.indexOf('/') + 1)));
    }

    /** Returns the pool of the command line, which may name its cluster too. */
    PoolRef pool(ClientSettings settings, String text) {
        String pool = text.substring(text.indexOf('/') + 1);
        try {
            return new PoolRef(clusterOf(settings, text), new PoolName(pool));
        } catch (IllegalArgumentException e) {
            throw new CliException(ExitCodes.USAGE, "the pool name '" + pool + "' " + e.getMessage(), e);
        }
    }

    private ClusterName clusterOf(ClientSettings settings, String text) {
        int slash = text.indexOf('/');
        String named = slash < 0 ? cluster : text.substring(0, slash);
        if (slash >= 0 && cluster != null && !cluster.equals(named)) {
            throw new CliException(
                    ExitCodes.USAGE, "two clusters are named: %s and --cluster %s".formatted(text, cluster), null);
        }
        return settings.requireCluster(named);
    }

    static NodeName nodeName(String value) {
        NodeName.violation(value).ifPresent(rule -> {
            throw new CliException(ExitCodes.USAGE, "the node name '" + value + "' " + rule, null);
        });
        return new NodeName(value);
    }

    Output output() {
        return output;
    }
}

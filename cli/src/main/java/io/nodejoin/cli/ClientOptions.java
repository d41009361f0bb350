package io.nodejoin.cli;

import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.NodeName;
import io.nodejoin.workflows.node.NodeRef;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options of every command that connects to a running system. */
final class ClientOptions {
    @Option(
            names = "--config",
            paramLabel = "FILE",
            description = "the service's YAML file, for addresses and topics (or NODEJOIN_CONFIG)")
    private @Nullable Path config;

    @Option(names = "--cluster", paramLabel = "NAME", description = "the cluster (or NODEJOIN_CLUSTER)")
    private @Nullable String cluster;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FORMAT",
            description = "text or json",
            defaultValue = "text")
    private OutputFormat output = OutputFormat.text;

    ClientSettings settings(Map<String, String> environment) {
        String named = environment.get("NODEJOIN_CONFIG");
        return ClientSettings.load(config == null && named != null ? Path.of(named) : config, environment);
    }

    @Nullable String cluster() {
        return cluster;
    }

    /** Returns the cluster of the command line, or else of the environment, for commands that do not require one. */
    Optional<ClusterName> namedCluster(Map<String, String> environment) {
        return Optional.ofNullable(cluster == null ? environment.get("NODEJOIN_CLUSTER") : cluster)
                .map(ClientSettings::clusterName);
    }

    /** Returns the node of the command line, which may name its cluster too. */
    NodeRef node(ClientSettings settings, String text) {
        int slash = text.indexOf('/');
        return new NodeRef(
                settings.requireCluster(slash < 0 ? cluster : text.substring(0, slash)),
                nodeName(text.substring(slash + 1)));
    }

    static NodeName nodeName(String value) {
        NodeName.violation(value).ifPresent(rule -> {
            throw new CliException(ExitCodes.USAGE, "the node name '" + value + "' " + rule, null);
        });
        return new NodeName(value);
    }

    boolean json() {
        return output == OutputFormat.json;
    }

    /** Prints facts as JSON, or as lines with names of this width. */
    void print(Terminal terminal, int width, Map<String, Object> facts) {
        if (json()) {
            terminal.json(facts);
        } else {
            facts.forEach((name, value) -> terminal.data(("%-" + width + "s  %s").formatted(name, value)));
        }
    }
}

package io.nodejoin.cli;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.nodejoin.protocol.ClusterName;
import io.nodejoin.service.worker.TemporalClients;
import io.nodejoin.workflows.lifecycle.JoinSearchAttributes;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowExecutionMetadata;
import io.temporal.common.SearchAttributeKey;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code nodejoin list}. */
@Command(name = "list", description = "Lists joins, the newest first.")
final class ListCommand implements Callable<Integer> {
    private final Terminal terminal;
    private final Map<String, String> environment;

    @Mixin
    private ClientOptions client = new ClientOptions();

    @Option(
            names = "--limit",
            paramLabel = "N",
            defaultValue = "50",
            converter = Limit.class,
            description = "at most this many (${DEFAULT-VALUE})")
    private int limit = 50;

    ListCommand(Terminal terminal, Map<String, String> environment) {
        this.terminal = terminal;
        this.environment = environment;
    }

    private static final class Limit extends WholeNumberConverter {
        Limit() {
            super(1, 1_000_000);
        }
    }

    /** One join in the list. */
    record Line(String cluster, String node, String phase, String reason, String started) {}

    @Override
    public Integer call() {
        ClientSettings settings = client.settings(environment);
        Optional<ClusterName> cluster = client.namedCluster(environment);
        try (TemporalClients temporal = new TemporalClients(settings.temporal(), new SimpleMeterRegistry())) {
            List<Line> lines = JoinLookup.callTemporal(() -> lines(temporal.failFastClient(), cluster));
            if (client.json()) {
                terminal.json(lines);
            } else {
                print(lines);
            }
            return ExitCodes.OK;
        }
    }

    private List<Line> lines(WorkflowClient temporal, Optional<ClusterName> cluster) {
        String query = "WorkflowType = 'NodeJoinWorkflow'"
                + cluster.map(name -> " AND NodeJoinCluster = '" + name + "'").orElse("");
        try (Stream<WorkflowExecutionMetadata> found = temporal.listExecutions(query)) {
            return found.limit(limit).map(ListCommand::line).toList();
        }
    }

    private void print(List<Line> lines) {
        terminal.data("%-12s %-32s %-18s %-26s %s".formatted("CLUSTER", "NODE", "PHASE", "REASON", "STARTED"));
        lines.forEach(line -> terminal.data("%-12s %-32s %-18s %-26s %s"
                .formatted(line.cluster(), line.node(), line.phase(), line.reason(), line.started())));
    }

    private static Line line(WorkflowExecutionMetadata run) {
        return new Line(
                attribute(run, JoinSearchAttributes.CLUSTER),
                attribute(run, JoinSearchAttributes.NODE),
                attribute(run, JoinSearchAttributes.PHASE),
                attribute(run, JoinSearchAttributes.REASON),
                run.getStartTime().truncatedTo(ChronoUnit.SECONDS).toString());
    }

    private static String attribute(WorkflowExecutionMetadata run, SearchAttributeKey<String> key) {
        return Objects.requireNonNullElse(run.getTypedSearchAttributes().get(key), "");
    }
}

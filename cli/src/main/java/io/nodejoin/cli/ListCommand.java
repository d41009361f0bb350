package io.nodejoin.cli;

import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.NodeName;
import io.nodejoin.protocol.Phase;
import io.nodejoin.protocol.PoolName;
import io.nodejoin.visibility.join.JoinFilter;
import io.nodejoin.workflows.node.NodeRef;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code nodejoin list}. */
@Command(
        name = "list",
        header = {
            "Lists joins, leaves and rejected requests: what runs first, then the newest.",
            "",
            "Examples:",
            "  ${ROOT-COMMAND-NAME} list --open",
            "  ${ROOT-COMMAND-NAME} list --cluster fra-1 --phase Failed --since 1h",
            "  ${ROOT-COMMAND-NAME} list --pool batch --open -o wide",
            "  ${ROOT-COMMAND-NAME} list --code CSR_TIMEOUT -o name",
            ""
        },
        description =
                "Rejected requests have no workflow: they are read from the events topic, those of the last hour or since"
                        + " --since, if a Kafka broker is named. The attempt is that of open joins, with -o wide, json or yaml.")
final class ListCommand implements Callable<Integer> {
    private static final Duration REJECTIONS = Duration.ofHours(1);

    private final Terminal terminal;
    private final Map<String, String> environment;
    private final Clock clock;

    @Mixin
    private ClientOptions client = new ClientOptions();

    @Option(names = "--open", description = "only what still runs")
    private boolean onlyOpen;

    @Option(
            names = "--pool",
            paramLabel = "POOL",
            converter = PoolConverter.class,
            description = "only those of this pool")
    private @Nullable PoolName pool;

    @Option(names = "--phase", paramLabel = "PHASE", description = "only those in this phase: ${COMPLETION-CANDIDATES}")
    private @Nullable Phase phase;

    @Option(names = "--code", paramLabel = "CODE", description = "only those with this error code")
    private @Nullable ErrorCode code;

    @Option(
            names = "--since",
            paramLabel = "DURATION",
            converter = DurationConverter.class,
            description = "only those that began in this time, such as 1h")
    private @Nullable Duration since;

    @Option(
            names = "--limit",
            paramLabel = "N",
            defaultValue = "50",
            converter = Limit.class,
            description = "at most this many (${DEFAULT-VALUE})")
    private int limit = 50;

    ListCommand(Terminal terminal, Map<String, String> environment, Clock clock) {
        this.terminal = terminal;
        this.environment = environment;
        this.clock = clock;
    }

    private static final class Limit extends WholeNumberConverter {
        Limit() {
            super(1, 1_000_000);
        }
    }

    @Override
    public Integer call() {
        ClientSettings settings = client.settings(environment);
        JoinFilter filter = JoinFilter.all()
                .withCluster(client.namedCluster(environment).orElse(null))
                .withPool(pool)
                .withPhases(phase == null ? Set.of() : Set.of(phase))
                .withReason(code)
                .withSince(since == null ? null : clock.instant().minus(since))
                .withOpenOnly(onlyOpen);
        List<ListedRequest> found = new ArrayList<>(rejections(settings, filter));
        try (TemporalSession temporal = TemporalSession.open(settings.temporal())) {
            JoinLookup lookup = temporal.lookup();
            found.addAll(withAttempts(
                    lookup,
                    lookup.list(filter, limit).stream().map(ListedRequest::of).toList()));
        }
        found.sort(Comparator.comparing(ListedRequest::isOpen)
                .thenComparing(ListedRequest::started)
                .reversed());
        List<ListedRequest> shown = found.subList(0, Math.min(limit, found.size()));
        client.output()
                .print(
                        terminal,
                        shown,
                        shown.stream().map(ListedRequest::reference).distinct().toList(),
                        wide -> printTable(shown, wide));
        return ExitCodes.OK;
    }

    private List<ListedRequest> rejections(ClientSettings settings, JoinFilter filter) {
        boolean wanted = !onlyOpen && (phase == null || phase == Phase.Rejected);
        if (!wanted || settings.kafka() == null) {
            return List.of();
        }
        Instant from = filter.since() == null ? clock.instant().minus(REJECTIONS) : filter.since();
        return Rejections.read(settings.kafka(), from, terminal).stream()
                .filter(run -> filter.cluster() == null
                        || run.cluster().equals(filter.cluster().value()))
                .filter(run -> pool == null || pool.value().equals(run.pool()))
                .filter(run -> code == null || run.code().equals(code.name()))
                .toList();
    }

    /** Only a worker knows the attempts; the list is complete without them. */
    private List<ListedRequest> withAttempts(JoinLookup lookup, List<ListedRequest> runs) {
        if (!client.output().isWide() && !client.output().isStructured()) {
            return runs;
        }
        try {
            List<ListedRequest> asked = new ArrayList<>();
            for (ListedRequest run : runs) {
                asked.add(run.isOpen() ? withAttempt(lookup, run) : run);
            }
            return asked;
        } catch (CliException e) {
            terminal.progress("attempts are not known: " + e.getMessage());
            return runs;
        }
    }

    private static ListedRequest withAttempt(JoinLookup lookup, ListedRequest run) {
        NodeRef node = new NodeRef(new ClusterName(run.cluster()), new NodeName(run.node()));
        return run.withAttempt(Attempts.count(lookup.progress(node).phases()));
    }

    private void printTable(List<ListedRequest> runs, boolean wide) {
        if (runs.isEmpty()) {
            terminal.progress("there are none");
            return;
        }
        Table table = wide
                ? new Table(
                        1, "CLUSTER", "NODE", "KIND", "PHASE", "CODE", "AGE", "STARTED", "CLOSED", "POOL", "ATTEMPT",
                        "JOIN")
                : new Table(1, "CLUSTER", "NODE", "KIND", "PHASE", "CODE", "AGE");
        runs.forEach(run -> table.add(wide ? wideCells(run) : cells(run)));
        table.lines(wide).forEach(terminal::data);
    }

    private String[] cells(ListedRequest run) {
        return new String[] {
            run.cluster(),
            run.node(),
            run.kind(),
            run.phase().name(),
            run.code(),
            Elapsed.format(Duration.between(run.started(), clock.instant()))
        };
    }

    private String[] wideCells(ListedRequest run) {
        List<String> cells = new ArrayList<>(List.of(cells(run)));
        cells.add(run.started().toString());
        cells.add(run.closed() == null ? "" : run.closed().toString());
        cells.add(run.pool() == null ? "" : run.pool());
        cells.add(run.attempt() == null ? "" : run.attempt().toString());
        cells.add(run.joinId());
        return cells.toArray(String[]::new);
    }
}

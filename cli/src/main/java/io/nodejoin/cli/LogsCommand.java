package io.nodejoin.cli;

import io.nodejoin.protocol.JoinId;
import io.nodejoin.visibility.agent.AgentDirectory;
import io.nodejoin.visibility.agent.HostLogChunk;
import io.nodejoin.visibility.agent.HostLogReader;
import io.nodejoin.visibility.join.JoinSummary;
import io.nodejoin.workflows.node.NodeRef;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code nodejoin logs NODE}. */
@Command(
        name = "logs",
        header = {
            "Prints the log of a node's host while its join or leave runs, without access to the host.",
            "",
            "Examples:",
            "  ${ROOT-COMMAND-NAME} logs fra-1/worker-7 -f",
            "  ${ROOT-COMMAND-NAME} logs worker-7 --cluster fra-1 --since 5m",
            "  ${ROOT-COMMAND-NAME} logs fra-1/worker-7 -f -o json | jq -r .text",
            ""
        },
        description = {
            "The journal of kubelet, container runtime and agent, redacted: its last 200 lines, and with -f those that come. The"
                    + " agent sends them while somebody reads, and nothing keeps them.",
            "Of a request that has ended, the lines that came with the failure of a command.",
            "Exit code: 0 if there were lines, or it was followed to its end; 1 if there are none; 4 if nothing was requested."
        })
final class LogsCommand implements Callable<Integer> {
    private static final Duration INTERVAL = Duration.ofSeconds(1);
    private static final Duration FIRST_INTERVAL = Duration.ofMillis(250);
    /** An agent that polls sends its first lines within a second. */
    private static final int FIRST_READS = 24;

    private final Terminal terminal;
    private final Map<String, String> environment;
    private final Clock clock;
    private final Consumer<Duration> pause;

    @Mixin
    private ClientOptions client = new ClientOptions();

    @Parameters(paramLabel = ClientOptions.NODE, description = ClientOptions.NODE_DESCRIPTION)
    private String node = "";

    @Option(
            names = {"-f", "--follow"},
            description = "go on until the request has ended, or Ctrl-C")
    private boolean follow;

    @Option(
            names = "--since",
            paramLabel = "DURATION",
            converter = DurationConverter.class,
            description = "only lines of this time, such as 5m, as far as the last 200 lines reach")
    private @Nullable Duration since;

    LogsCommand(Terminal terminal, Map<String, String> environment, Clock clock, Consumer<Duration> pause) {
        this.terminal = terminal;
        this.environment = environment;
        this.clock = clock;
        this.pause = pause;
    }

    @Override
    public Integer call() {
        ClientSettings settings = client.settings(environment);
        NodeRef wanted = client.node(settings, node);
        try (TemporalSession temporal = TemporalSession.open(settings.temporal())) {
            return print(temporal.lookup(), temporal.agents(), wanted);
        }
    }

    int print(JoinLookup lookup, AgentDirectory agents, NodeRef wanted) {
        if (client.output().format() == OutputFormat.name) {
            throw new CliException(
                    ExitCodes.USAGE, "lines of a log have no names: -o is text, wide, json or yaml", null);
        }
        JoinSummary latest = lookup.requests(wanted).getFirst();
        JoinId join = latest.joinId();
        HostLogPrinter printer = new HostLogPrinter(
                terminal,
                client.output().format(),
                since == null ? null : clock.instant().minus(since));
        if (!latest.open() || join == null) {
            return printKept(lookup, wanted, ListedRequest.of(latest), printer);
        }
        HostLogReader reader = new HostLogReader(agents, wanted, join);
        return follow ? follow(lookup, latest, reader, printer) : printOnce(lookup, latest, reader, printer);
    }

    private int printOnce(JoinLookup lookup, JoinSummary latest, HostLogReader reader, HostLogPrinter printer) {
        HostLogChunk chunk = lookup.valueOf(reader.readNew());
        for (int reads = 1; chunk.connected() && chunk.lines().isEmpty() && reads < FIRST_READS; reads++) {
            pause.accept(FIRST_INTERVAL);
            chunk = lookup.valueOf(reader.readNew());
        }
        chunk.lines().forEach(printer::print);
        if (printer.printed() == 0) {
            terminal.progress(whyNothing(chunk, latest));
            return ExitCodes.FAILED;
        }
        return ExitCodes.OK;
    }

    private int follow(JoinLookup lookup, JoinSummary latest, HostLogReader reader, HostLogPrinter printer) {
        String told = "";
        while (!Thread.interrupted()) {
            ListedRequest now = ListedRequest.of(lookup.requests(latest.node()).getFirst());
            boolean ended = !now.isOpen()
                    || !now.joinId().equals(ListedRequest.of(latest).joinId());
            HostLogChunk chunk = lookup.valueOf(reader.readNew());
            chunk.lines().forEach(printer::print);
            if (ended) {
                return end(lookup, latest.node(), printer);
            }
            String why = chunk.connected() ? "" : whyNothing(chunk, latest);
            if (!why.isEmpty() && !why.equals(told)) {
                terminal.progress(why);
            }
            told = why;
            pause.accept(printer.printed() == 0 ? FIRST_INTERVAL : INTERVAL);
        }
        return ExitCodes.INTERRUPTED;
    }

    private int end(JoinLookup lookup, NodeRef node, HostLogPrinter printer) {
        ListedRequest ended = ListedRequest.of(lookup.requests(node).getFirst());
        if (printer.printed() == 0) {
            printKept(lookup, node, ended, printer);
        }
        terminal.progress("the %s has ended: %s; next: nodejoin describe %s"
                .formatted(ended.kind(), outcome(ended), ended.reference()));
        return ExitCodes.OK;
    }

    private int printKept(JoinLookup lookup, NodeRef node, ListedRequest ended, HostLogPrinter printer) {
        List<String> kept = lookup.details(node).history().hostLog();
        if (kept.isEmpty()) {
            terminal.progress(
                    ("the %s of %s has ended (%s), and none of its commands failed with lines of the host's log:"
                                    + " live lines are not kept. On the host: journalctl -u kubelet -u nodejoin-agent")
                            .formatted(ended.kind(), ended.reference(), outcome(ended)));
            return ExitCodes.FAILED;
        }
        terminal.progress("the %s of %s has ended (%s); the lines that came with the failure of a command:"
                .formatted(ended.kind(), ended.reference(), outcome(ended)));
        kept.forEach(printer::printKept);
        return ExitCodes.OK;
    }

    private static String outcome(ListedRequest request) {
        return request.code().isEmpty() ? request.phase().name() : request.phase() + " " + request.code();
    }

    private static String whyNothing(HostLogChunk chunk, JoinSummary latest) {
        if (chunk.connected()) {
            return "the agent of " + latest.node().name() + " has sent no lines; it may be older than this command";
        }
        String where = chunk.silent().isEmpty()
                ? "no gateway replica"
                : "no gateway replica that answers (" + String.join(", ", chunk.silent()) + " did not)";
        return "the agent of " + latest.node().name() + " is connected to " + where + "; phase " + latest.phase()
                + "; nodejoin agents shows those that are";
    }
}

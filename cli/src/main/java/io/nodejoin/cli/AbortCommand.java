package io.nodejoin.cli;

import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.Phase;
import io.nodejoin.workflows.lifecycle.AbortRequest;
import io.nodejoin.workflows.lifecycle.JoinProgress;
import io.nodejoin.workflows.node.NodeRef;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code nodejoin abort NODE}: has the effect of a cancel request, without Kafka and with a response. */
@Command(
        name = "abort",
        header = {
            "Aborts the join or leave of a node, and undoes what it did.",
            "",
            "Examples:",
            "  ${ROOT-COMMAND-NAME} abort fra-1/worker-7 --reason 'scaled in again'",
            "  ${ROOT-COMMAND-NAME} abort fra-1/worker-7 --reason 'wrong pool' --yes --wait",
            ""
        },
        description =
                "Exit code 4 if nothing runs for the node, 6 if it is compensating already or cannot be aborted any more;"
                        + " with --wait 5 if it has not ended within --timeout.")
final class AbortCommand implements Callable<Integer> {
    private final Terminal terminal;
    private final Map<String, String> environment;
    private final Clock clock;
    private final Consumer<Duration> pause;

    @Mixin
    private ClientOptions client = new ClientOptions();

    @Mixin
    private Confirmation confirmation = new Confirmation();

    @Parameters(paramLabel = ClientOptions.NODE, description = ClientOptions.NODE_DESCRIPTION)
    private String node = "";

    @Option(
            names = "--reason",
            paramLabel = "TEXT",
            description = "why, for the outcome",
            defaultValue = "no longer wanted")
    private String reason = "no longer wanted";

    @Option(names = "--wait", description = "wait until all is undone")
    private boolean wait;

    @Option(
            names = "--timeout",
            paramLabel = "DURATION",
            converter = DurationConverter.class,
            defaultValue = "5m",
            description = "how long to wait (5m)")
    private Duration timeout = Duration.ofMinutes(5);

    AbortCommand(Terminal terminal, Map<String, String> environment, Clock clock, Consumer<Duration> pause) {
        this.terminal = terminal;
        this.environment = environment;
        this.clock = clock;
        this.pause = pause;
    }

    @Override
    public Integer call() {
        ClientSettings settings = client.settings(environment);
        NodeRef joining = client.node(settings, node);
        Instant end = clock.instant().plus(timeout);
        String person = environment.getOrDefault("USER", "somebody") + ", by the command line";
        String question = "Abort what runs for %s/%s, and undo it?".formatted(joining.cluster(), joining.name());
        if (!confirmation.isGiven(terminal, question)) {
            return ExitCodes.FAILED;
        }
        try (TemporalSession temporal = TemporalSession.open(settings.temporal())) {
            JoinLookup lookup = temporal.lookup();
            JoinId joinId = lookup.abort(joining, new AbortRequest(reason, person, null, null));
            Phase phase = wait ? awaitEnd(lookup, joining, end) : Phase.Compensating;
            report(joining, joinId, phase);
            return wait && !phase.terminal() ? ExitCodes.STILL_RUNNING : ExitCodes.OK;
        }
    }

    private Phase awaitEnd(JoinLookup lookup, NodeRef joining, Instant end) {
        JoinProgress progress = lookup.progress(joining);
        while (!progress.phase().terminal() && clock.instant().isBefore(end) && !Thread.interrupted()) {
            pause.accept(JoinLookup.POLL_INTERVAL);
            progress = lookup.progress(joining);
        }
        return progress.phase();
    }

    private void report(NodeRef joining, JoinId joinId, Phase phase) {
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("cluster", joining.cluster().value());
        facts.put("node", joining.name().value());
        facts.put("join", joinId.value());
        facts.put("phase", phase.name());
        client.output().printFacts(terminal, joining.cluster() + "/" + joining.name(), facts);
    }
}

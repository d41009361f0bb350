package io.nodejoin.cli;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.Phase;
import io.nodejoin.service.worker.TemporalClients;
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

/** {@code nodejoin cancel NODE}: has the effect of a cancel request, without Kafka and with a response. */
@Command(
        name = "cancel",
        aliases = "abort",
        description =
                "Aborts the join of a node and compensates what it did. Exit code 4 if there is no such join, 6 if"
                        + " it is compensating already; with --wait 5 if it has not ended within --timeout.")
final class CancelCommand implements Callable<Integer> {
    private final Terminal terminal;
    private final Map<String, String> environment;
    private final Clock clock;
    private final Consumer<Duration> pause;

    @Mixin
    private ClientOptions client = new ClientOptions();

    @Parameters(paramLabel = "[CLUSTER/]NODE", description = "the node's name")
    private String node = "";

    @Option(
            names = "--reason",
            paramLabel = "TEXT",
            description = "why, for the outcome",
            defaultValue = "no longer wanted")
    private String reason = "no longer wanted";

    @Option(names = "--wait", description = "wait until the join has compensated")
    private boolean wait;

    @Option(
            names = "--timeout",
            paramLabel = "DURATION",
            converter = DurationConverter.class,
            defaultValue = "5m",
            description = "how long to wait (5m)")
    private Duration timeout = Duration.ofMinutes(5);

    CancelCommand(Terminal terminal, Map<String, String> environment, Clock clock, Consumer<Duration> pause) {
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
        try (TemporalClients temporal = new TemporalClients(settings.temporal(), new SimpleMeterRegistry())) {
            JoinLookup lookup = new JoinLookup(temporal.failFastClient());
            JoinId joinId = lookup.cancel(joining, new AbortRequest(reason, person, null));
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
        client.print(terminal, 7, facts);
    }
}

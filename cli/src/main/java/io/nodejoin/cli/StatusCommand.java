package io.nodejoin.cli;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.nodejoin.protocol.Phase;
import io.nodejoin.protocol.event.PhaseTime;
import io.nodejoin.service.worker.TemporalClients;
import io.nodejoin.workflows.lifecycle.JoinProgress;
import io.nodejoin.workflows.node.NodeRef;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code nodejoin status NODE}. */
@Command(
        name = "status",
        description =
                "Shows the state of the latest join of a node. Exit code 0 if it joined, 5 while it runs, 1 otherwise.")
final class StatusCommand implements Callable<Integer> {
    private final Terminal terminal;
    private final Map<String, String> environment;
    private final Consumer<Duration> pause;

    @Mixin
    private ClientOptions client = new ClientOptions();

    @Parameters(paramLabel = "NODE", description = "the node's name")
    private String node = "";

    @Option(
            names = {"-w", "--watch"},
            description = "follow the join to its end")
    private boolean watch;

    StatusCommand(Terminal terminal, Map<String, String> environment, Consumer<Duration> pause) {
        this.terminal = terminal;
        this.environment = environment;
        this.pause = pause;
    }

    @Override
    public Integer call() {
        ClientSettings settings = client.settings(environment);
        NodeRef joining = new NodeRef(settings.requireCluster(client.cluster()), ClientOptions.nodeName(node));
        try (TemporalClients temporal = new TemporalClients(settings.temporal(), new SimpleMeterRegistry())) {
            JoinLookup lookup = new JoinLookup(temporal.failFastClient());
            JoinProgress progress = watch ? follow(lookup, joining) : lookup.progress(joining);
            print(progress);
            return exitCode(progress.phase());
        }
    }

    private JoinProgress follow(JoinLookup lookup, NodeRef joining) {
        int printed = 0;
        while (true) {
            JoinProgress progress = lookup.progress(joining);
            for (; printed < progress.phases().size(); printed++) {
                PhaseTime phaseTime = progress.phases().get(printed);
                terminal.progress(since(progress, phaseTime) + phaseTime.phase());
            }
            if (progress.phase().terminal() || Thread.interrupted()) {
                return progress;
            }
            pause.accept(JoinLookup.POLL_INTERVAL);
        }
    }

    private void print(JoinProgress progress) {
        if (client.json()) {
            terminal.json(progress);
            return;
        }
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("node", progress.node());
        facts.put("cluster", progress.cluster());
        facts.put("join", progress.joinId());
        facts.put("phase", progress.phase());
        if (!progress.phase().terminal()) {
            facts.put("waiting for", progress.waitingFor());
            facts.put("deadline", progress.deadline());
        }
        if (progress.problem() != null) {
            facts.put("problem", progress.problem().toLine());
        }
        facts.forEach((name, value) -> terminal.data("%-12s  %s".formatted(name, value)));
        progress.phases().forEach(phaseTime -> terminal.data(since(progress, phaseTime) + phaseTime.phase()));
    }

    private static String since(JoinProgress progress, PhaseTime phaseTime) {
        Duration after = Duration.between(progress.phases().getFirst().at(), phaseTime.at());
        return "%10.1f s  ".formatted(after.toMillis() / 1000.0);
    }

    private static int exitCode(Phase phase) {
        return switch (phase) {
            case Joined, Left -> ExitCodes.OK;
            case Failed, Cancelled -> ExitCodes.FAILED;
            case Rejected -> ExitCodes.REJECTED;
            case Requested,
                    AgentConnected,
                    HostPrepared,
                    TokenIssued,
                    CertificateIssued,
                    KubeletStarted,
                    NodeReady,
                    Compensating,
                    Cordoned,
                    Drained -> ExitCodes.STILL_RUNNING;
        };
    }
}

package io.nodejoin.cli;

import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.Phase;
import io.nodejoin.protocol.PlainText;
import io.nodejoin.protocol.event.PhaseTime;
import io.nodejoin.visibility.agent.AgentList;
import io.nodejoin.visibility.agent.ReplicaAnswers;
import io.nodejoin.visibility.join.Lookup;
import io.nodejoin.workflows.gateway.GatewayAgents;
import io.nodejoin.workflows.lifecycle.JoinProgress;
import io.nodejoin.workflows.node.NodeRef;
import java.time.Clock;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code nodejoin status NODE}. */
@Command(
        name = "status",
        header = {
            "Shows the state of a node, and its latest request.",
            "",
            "Examples:",
            "  ${ROOT-COMMAND-NAME} status fra-1/worker-7",
            "  ${ROOT-COMMAND-NAME} status worker-7 --cluster fra-1 --watch",
            "  ${ROOT-COMMAND-NAME} status fra-1/worker-7 -o json",
            ""
        },
        description = {
            "The state is that of the last request that succeeded; a request that fails after it does not change it.",
            "Exit code, by the latest request: 0 if it joined or left, 5 while it runs, 1 if it failed; 4 if there is none."
        })
final class StatusCommand implements Callable<Integer> {
    private final Terminal terminal;
    private final Map<String, String> environment;
    private final Clock clock;
    private final Consumer<Duration> pause;

    @Mixin
    private ClientOptions client = new ClientOptions();

    @Parameters(paramLabel = ClientOptions.NODE, description = ClientOptions.NODE_DESCRIPTION)
    private String node = "";

    @Option(
            names = {"-w", "--watch"},
            description = "follow the request to its end")
    private boolean watch;

    StatusCommand(Terminal terminal, Map<String, String> environment, Clock clock, Consumer<Duration> pause) {
        this.terminal = terminal;
        this.environment = environment;
        this.clock = clock;
        this.pause = pause;
    }

    /** Both of them, for programs. */
    private record Status(String cluster, String node, NodeState state, ListedRequest request, JoinProgress progress) {}

    @Override
    public Integer call() {
        ClientSettings settings = client.settings(environment);
        NodeRef wanted = client.node(settings, node);
        try (TemporalSession temporal = TemporalSession.open(settings.temporal())) {
            JoinLookup lookup = temporal.lookup();
            List<ListedRequest> history = history(lookup, wanted);
            if (watch) {
                follow(lookup, wanted);
                history = history(lookup, wanted);
            }
            NodeState state = NodeState.of(history);
            ListedRequest latest = history.getFirst();
            if (!client.output().isStructured()) {
                // What Temporal lists is known without the service, too.
                return printText(temporal, wanted, state, latest);
            }
            JoinProgress progress = lookup.progress(wanted);
            Status status = new Status(
                    latest.cluster(),
                    latest.node(),
                    state,
                    latest.withAttempt(Attempts.count(progress.phases())),
                    progress);
            client.output().print(terminal, status, List.of(), _ -> {});
            return ExitCodes.ofPhase(progress.phase());
        }
    }

    private static List<ListedRequest> history(JoinLookup lookup, NodeRef wanted) {
        return lookup.requests(wanted).stream().map(ListedRequest::of).toList();
    }

    private void follow(JoinLookup lookup, NodeRef wanted) {
        int printed = 0;
        while (true) {
            JoinProgress progress = lookup.progress(wanted);
            for (; printed < progress.phases().size(); printed++) {
                PhaseTime phaseTime = progress.phases().get(printed);
                terminal.progress(since(progress, phaseTime) + phaseTime.phase());
            }
            if (progress.phase().terminal() || Thread.interrupted()) {
                return;
            }
            pause.accept(JoinLookup.POLL_INTERVAL);
        }
    }

    private int printText(TemporalSession temporal, NodeRef wanted, NodeState state, ListedRequest latest) {
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("node", latest.reference());
        facts.put("state", state.describe(clock.instant()));
        facts.put(
                "request",
                "%s %s, from %s (%s ago)"
                        .formatted(
                                latest.kind(),
                                latest.joinId(),
                                latest.started(),
                                Elapsed.format(Duration.between(latest.started(), clock.instant()))));
        if (latest.pool() != null) {
            facts.put("pool", latest.pool());
        }
        facts.put("phase", colored(latest));
        waitReason(temporal, wanted, latest).ifPresent(reason -> facts.put("admission", PlainText.of(reason)));
        client.output().print(terminal, facts, List.of(latest.reference()), _ -> Output.printLines(terminal, facts));
        JoinProgress progress = temporal.lookup().progress(wanted);
        if (client.output().format() != OutputFormat.name) {
            printProgress(progress);
        }
        printNext(latest, progress);
        return ExitCodes.ofPhase(progress.phase());
    }

    /** Asks the gateway replicas, about a join that has not begun. */
    private static Optional<String> waitReason(TemporalSession temporal, NodeRef wanted, ListedRequest latest) {
        if (latest.isOpen()
                && latest.phase() == Phase.Requested
                && temporal.agents().agents()
                        instanceof Lookup.Found<ReplicaAnswers<GatewayAgents>>(ReplicaAnswers<GatewayAgents> answers)) {
            return AgentList.of(answers).waiting().stream()
                    .filter(agent -> agent.node().equals(wanted))
                    .flatMap(agent -> Stream.ofNullable(agent.reason()))
                    .findFirst();
        }
        return Optional.empty();
    }

    private String colored(ListedRequest latest) {
        String phase = latest.code().isEmpty() ? latest.phase().name() : latest.phase() + " " + latest.code();
        return latest.isOpen() ? phase : latest.code().isEmpty() ? terminal.good(phase) : terminal.bad(phase);
    }

    private void printProgress(JoinProgress progress) {
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("attempt", Attempts.count(progress.phases()));
        if (!progress.phase().terminal()) {
            facts.put("waits for", progress.waitingFor());
            facts.put("deadline", PlainTime.of(progress.deadline()));
        }
        if (progress.problem() != null) {
            ErrorCode code = progress.problem().code();
            facts.put("problem", progress.problem().detail());
            facts.put("why", code.meaning());
            facts.put("check", code.check());
            facts.put("to do", code.remedy());
            facts.put("docs", "docs/" + code.page());
        }
        Output.printLines(terminal, facts);
        progress.phases().forEach(phaseTime -> terminal.data(since(progress, phaseTime) + phaseTime.phase()));
    }

    private void printNext(ListedRequest latest, JoinProgress progress) {
        if (ExitCodes.ofPhase(progress.phase()) == ExitCodes.FAILED) {
            terminal.progress("next: nodejoin describe " + latest.reference());
        } else if (!progress.phase().terminal() && !watch) {
            terminal.progress("next: nodejoin status " + latest.reference() + " --watch");
        }
    }

    private static String since(JoinProgress progress, PhaseTime phaseTime) {
        Duration after = Duration.between(progress.phases().getFirst().at(), phaseTime.at());
        return "%10.1f s  ".formatted(after.toMillis() / 1000.0);
    }
}

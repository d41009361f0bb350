package io.nodejoin.cli;

import io.nodejoin.workflows.node.NodeRef;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code nodejoin describe NODE}. */
@Command(
        name = "describe",
        header = {
            "Shows a node and its latest request as a tree: what is fine folded, what is not open.",
            "",
            "Examples:",
            "  ${ROOT-COMMAND-NAME} describe fra-1/worker-7",
            "  ${ROOT-COMMAND-NAME} describe fra-1/worker-7 --show-all",
            "  ${ROOT-COMMAND-NAME} describe fra-1/worker-7 --kubeconfig ~/.kube/config",
            ""
        },
        description = {
            "The steps are those of Temporal's history, with attempts and last failures; a cause comes with what to do.",
            "With a kubeconfig, named here or in the file of --config, the Node is shown as it is now.",
            "Exit code as of status."
        })
final class DescribeCommand implements Callable<Integer> {
    private final Terminal terminal;
    private final Map<String, String> environment;
    private final Clock clock;

    @Mixin
    private ClientOptions client = new ClientOptions();

    @Parameters(paramLabel = ClientOptions.NODE, description = ClientOptions.NODE_DESCRIPTION)
    private String node = "";

    @Option(names = "--show-all", description = "open all phases with all their steps")
    private boolean showAll;

    @Option(
            names = "--kubeconfig",
            paramLabel = "FILE",
            description = "the kubeconfig of the cluster (that of the cluster in the file of --config)")
    private @Nullable Path kubeconfig;

    DescribeCommand(Terminal terminal, Map<String, String> environment, Clock clock) {
        this.terminal = terminal;
        this.environment = environment;
        this.clock = clock;
    }

    @Override
    public Integer call() {
        ClientSettings settings = client.settings(environment);
        NodeRef wanted = client.node(settings, node);
        Path named = kubeconfig == null ? settings.kubeconfigs().get(wanted.cluster()) : kubeconfig;
        try (TemporalSession temporal = TemporalSession.open(settings.temporal())) {
            JoinLookup lookup = temporal.lookup();
            List<ListedRequest> history =
                    lookup.requests(wanted).stream().map(ListedRequest::of).toList();
            LiveNode live = named == null ? null : LiveNode.read(wanted, named);
            JoinDescription description = JoinDescription.of(
                    NodeState.of(history), live, history.getFirst(), lookup.details(wanted), clock.instant());
            client.output()
                    .print(
                            terminal,
                            description,
                            List.of(description.reference()),
                            wide -> new DescriptionTree(terminal, showAll || wide)
                                    .lines(description, clock.instant())
                                    .forEach(terminal::data));
            return ExitCodes.ofPhase(description.request().phase());
        }
    }
}

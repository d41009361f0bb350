package io.nodejoin.cli;

import io.nodejoin.workflows.lifecycle.DeadlineExtension;
import io.nodejoin.workflows.lifecycle.ExtendedDeadline;
import io.nodejoin.workflows.node.NodeRef;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code nodejoin extend NODE}. */
@Command(
        name = "extend",
        header = {
            "Gives a running join a later deadline.",
            "",
            "Examples:",
            "  ${ROOT-COMMAND-NAME} extend fra-1/worker-7",
            "  ${ROOT-COMMAND-NAME} extend fra-1/worker-7 --by 30m",
            ""
        },
        description =
                "A join that waits for its node to be Ready then waits until that deadline; other steps keep their limits."
                        + " Exit code 4 if nothing runs for the node, 6 if it cannot be extended.")
final class ExtendCommand implements Callable<Integer> {
    private final Terminal terminal;
    private final Map<String, String> environment;

    @Mixin
    private ClientOptions client = new ClientOptions();

    @Parameters(paramLabel = ClientOptions.NODE, description = ClientOptions.NODE_DESCRIPTION)
    private String node = "";

    @Option(
            names = "--by",
            paramLabel = "DURATION",
            converter = DurationConverter.class,
            defaultValue = "10m",
            description = "how much later than its present deadline (10m)")
    private Duration by = Duration.ofMinutes(10);

    ExtendCommand(Terminal terminal, Map<String, String> environment) {
        this.terminal = terminal;
        this.environment = environment;
    }

    @Override
    public Integer call() {
        ClientSettings settings = client.settings(environment);
        NodeRef joining = client.node(settings, node);
        String person = environment.getOrDefault("USER", "somebody") + ", by the command line";
        try (TemporalSession temporal = TemporalSession.open(settings.temporal())) {
            JoinLookup lookup = temporal.lookup();
            Instant later = lookup.progress(joining).deadline().plus(by).truncatedTo(ChronoUnit.SECONDS);
            report(joining, lookup.extendDeadline(joining, new DeadlineExtension(later, person)));
            return ExitCodes.OK;
        }
    }

    private void report(NodeRef joining, ExtendedDeadline extended) {
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("cluster", joining.cluster().value());
        facts.put("node", joining.name().value());
        facts.put("join", extended.joinId().value());
        facts.put("deadline", extended.deadline());
        client.output().printFacts(terminal, joining.cluster() + "/" + joining.name(), facts);
    }
}

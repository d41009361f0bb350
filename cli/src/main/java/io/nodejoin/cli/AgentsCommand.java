package io.nodejoin.cli;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.PlainText;
import io.nodejoin.visibility.agent.AgentList;
import io.nodejoin.workflows.gateway.WaitingAgent;
import io.nodejoin.workflows.node.NodeRef;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code nodejoin agents}. */
@Command(
        name = "agents",
        header = {
            "Lists the agents that are connected, and those that wait for a request or a turn.",
            "",
            "Examples:",
            "  ${ROOT-COMMAND-NAME} agents",
            "  ${ROOT-COMMAND-NAME} agents --cluster fra-1 --waiting",
            "  ${ROOT-COMMAND-NAME} agents -o json | jq -r .[].address",
            ""
        },
        description =
                "Each gateway replica is asked, through Temporal. Who waits has proved nothing: node and cluster are what it"
                        + " claims. A connected agent has enrolled for the join that is named.")
final class AgentsCommand implements Callable<Integer> {
    private final Terminal terminal;
    private final Map<String, String> environment;
    private final Clock clock;

    @Mixin
    private ClientOptions client = new ClientOptions();

    @Option(names = "--waiting", description = "only those that wait")
    private boolean onlyWaiting;

    AgentsCommand(Terminal terminal, Map<String, String> environment, Clock clock) {
        this.terminal = terminal;
        this.environment = environment;
        this.clock = clock;
    }

    /**
     * An agent for people and programs.
     *
     * @param state {@code connected} or {@code waiting}
     * @param replica the gateway replica of a connected agent
     * @param joinId the join of a connected agent
     * @param address where a waiting agent asks from
     * @param profile for what a waiting agent has prepared its host
     * @param reason why the join of a waiting agent waits for its turn; absent if there is no join
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    private record Agent(
            String cluster,
            String node,
            String state,
            Instant since,
            @Nullable String replica,
            @Nullable String joinId,
            @Nullable String address,
            @Nullable String profile,
            @Nullable String reason) {
        static Agent of(AgentList.Connected connected) {
            return new Agent(
                    connected.agent().node().cluster().value(),
                    connected.agent().node().name().value(),
                    "connected",
                    connected.agent().since().truncatedTo(ChronoUnit.SECONDS),
                    connected.replica(),
                    connected.agent().join().value(),
                    null,
                    null,
                    null);
        }

        static Agent of(WaitingAgent waiting) {
            return new Agent(
                    waiting.node().cluster().value(),
                    waiting.node().name().value(),
                    "waiting",
                    waiting.since().truncatedTo(ChronoUnit.SECONDS),
                    null,
                    null,
                    waiting.address(),
                    waiting.profile() == null ? null : waiting.profile().name().toLowerCase(Locale.ROOT),
                    waiting.reason());
        }

        String reference() {
            return cluster + "/" + node;
        }
    }

    @Override
    public Integer call() {
        ClientSettings settings = client.settings(environment);
        try (TemporalSession temporal = TemporalSession.open(settings.temporal())) {
            AgentList list =
                    AgentList.of(temporal.lookup().valueOf(temporal.agents().agents()));
            List<Agent> agents = Stream.concat(
                            list.waiting().stream()
                                    .filter(agent -> isWanted(agent.node()))
                                    .map(Agent::of),
                            list.connected().stream()
                                    .filter(agent -> !onlyWaiting
                                            && isWanted(agent.agent().node()))
                                    .map(Agent::of))
                    .toList();
            client.output()
                    .print(
                            terminal,
                            agents,
                            agents.stream().map(Agent::reference).toList(),
                            wide -> printTable(agents, wide));
            return tellOfTheRest(list);
        }
    }

    private boolean isWanted(NodeRef node) {
        return client.namedCluster(environment)
                .map(ClusterName::value)
                .filter(name -> !name.equals(node.cluster().value()))
                .isEmpty();
    }

    private int tellOfTheRest(AgentList list) {
        int unlisted = list.connectedCount()
                - list.connected().size()
                + list.waitingCount()
                - list.waiting().size();
        if (unlisted > 0) {
            terminal.progress("and " + unlisted + " more, which have been there for less time");
        }
        if (!list.silent().isEmpty()) {
            terminal.progress("these gateway replicas did not answer: " + String.join(", ", list.silent()));
        }
        return ExitCodes.OK;
    }

    private void printTable(List<Agent> agents, boolean wide) {
        if (agents.isEmpty()) {
            terminal.progress("there are none");
            return;
        }
        Table table = new Table(1, "STATE", "NODE", "SINCE", "REPLICA", "ADDRESS", "PROFILE", "JOIN");
        agents.forEach(agent -> table.add(
                agent.state(),
                agent.reference(),
                Elapsed.format(Duration.between(agent.since(), clock.instant())),
                text(agent.replica()),
                text(agent.address()),
                text(agent.profile()),
                text(agent.joinId())));
        table.lines(wide).forEach(terminal::data);
        agents.stream()
                .filter(agent -> agent.reason() != null)
                .forEach(agent -> terminal.data(agent.reference() + " " + PlainText.of(text(agent.reason()))));
    }

    private static String text(@Nullable String value) {
        return value == null ? "-" : PlainText.of(value);
    }
}

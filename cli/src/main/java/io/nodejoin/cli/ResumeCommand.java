package io.nodejoin.cli;

import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.PoolName;
import io.nodejoin.visibility.agent.ReplicaAnswers;
import io.nodejoin.workflows.pool.PoolRef;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code nodejoin resume POOL}. */
@Command(
        name = "resume",
        header = {
            "Lets the joins of a pool begin again that failures have stopped.",
            "",
            "Examples:",
            "  ${ROOT-COMMAND-NAME} resume gpu-a100 --cluster fra-1",
            ""
        },
        description =
                "A pool is stopped when machines in a row fail with the same code; then one join a minute tries it, until one"
                        + " succeeds. After the cause is removed, this command does not wait for that. Each gateway replica is"
                        + " asked, through Temporal. Exit code 4 if the pool is stopped at none, 3 if one did not answer.")
final class ResumeCommand implements Callable<Integer> {
    private final Terminal terminal;
    private final Map<String, String> environment;

    @Mixin
    private ClientOptions client = new ClientOptions();

    @Parameters(paramLabel = "POOL", converter = PoolConverter.class, description = "the pool's name")
    private PoolName pool = new PoolName("default");

    ResumeCommand(Terminal terminal, Map<String, String> environment) {
        this.terminal = terminal;
        this.environment = environment;
    }

    @Override
    public Integer call() {
        ClientSettings settings = client.settings(environment);
        ClusterName cluster = client.cluster(settings);
        try (TemporalSession temporal = TemporalSession.open(settings.temporal())) {
            return report(cluster, temporal.lookup().valueOf(temporal.agents().resumePool(new PoolRef(cluster, pool))));
        }
    }

    private int report(ClusterName cluster, ReplicaAnswers<Boolean> answers) {
        List<String> resumed = answers.byReplica().entrySet().stream()
                .filter(Map.Entry::getValue)
                .map(Map.Entry::getKey)
                .sorted()
                .toList();
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("cluster", cluster.value());
        facts.put("pool", pool.value());
        facts.put("resumed", String.join(", ", resumed));
        client.output().printFacts(terminal, cluster + "/" + pool, facts);
        if (!answers.silent().isEmpty()) {
            terminal.progress("these gateway replicas did not answer: " + String.join(", ", answers.silent()));
            return ExitCodes.UNREACHABLE;
        }
        if (resumed.isEmpty()) {
            terminal.progress("pool " + pool + " is stopped at no gateway replica");
            return ExitCodes.NOT_FOUND;
        }
        return ExitCodes.OK;
    }
}

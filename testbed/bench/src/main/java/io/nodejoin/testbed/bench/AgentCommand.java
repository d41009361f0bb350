package io.nodejoin.testbed.bench;

import io.nodejoin.testbed.TestBed;
import io.nodejoin.testbed.config.BedMode;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** What the agent costs its host while it waits, beside Debian's node_exporter. */
@Command(
        name = "agent",
        description = "Memory, start, idle CPU and size of the worker-agent, beside Debian's node_exporter.")
final class AgentCommand extends BedBenchCommand {
    @Option(
            names = "--starts",
            paramLabel = "1..1000",
            defaultValue = "10",
            description = "How often the start is measured (default: ${DEFAULT-VALUE}).")
    private int starts;

    @Option(
            names = "--idle-seconds",
            paramLabel = "1..3600",
            defaultValue = "60",
            description = "For how long the waiting agent is watched (default: ${DEFAULT-VALUE}).")
    private int idleSeconds;

    AgentCommand() {
        super(BedMode.NAMESPACES);
    }

    @Override
    AgentResult measure(TestBed bed) throws Exception {
        bed.upWithService();
        return new AgentBench(bed, System.err).run(starts, idleSeconds);
    }
}

package io.nodejoin.cli;

import io.nodejoin.protocol.MachineId;
import io.nodejoin.protocol.PlainText;
import io.nodejoin.protocol.PoolName;
import io.nodejoin.protocol.agent.MachineFacts;
import io.nodejoin.workflows.pool.MachineState;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code nodejoin machines}: the machines of pools, as the pools have them. */
final class MachineCommands {
    private static final String NONE = "-";

    private MachineCommands() {}

    @Command(
            name = "machines",
            header = "Lists, describes, offers and withdraws machines that wait in pools.",
            synopsisSubcommandLabel = "COMMAND")
    static final class Group {}

    @Command(
            name = "list",
            header = {
                "Lists the machines of pools, by pool and id.",
                "",
                "Examples:",
                "  ${ROOT-COMMAND-NAME} machines list --cluster fra-1 --pool batch",
                "  ${ROOT-COMMAND-NAME} machines list --state QUARANTINED -o wide",
                "  ${ROOT-COMMAND-NAME} machines list -o json | jq -r '.[] | select(.withdrawn).machine'",
                ""
            },
            description =
                    "A FREE machine whose agent was not seen for 30 minutes is given to no join until it is seen again. CPUs, memory"
                            + " and addresses are what the machine said of itself when its agent was last seen.")
    static final class ListMachines extends PoolCommands.PoolCommand {
        private final Clock clock;

        @Option(
                names = "--pool",
                paramLabel = "POOL",
                converter = PoolConverter.class,
                description = "only those of this pool")
        private @Nullable PoolName pool;

        @Option(
                names = "--state",
                paramLabel = "STATE",
                description = "only those in this state: ${COMPLETION-CANDIDATES}")
        private @Nullable MachineState state;

        ListMachines(Terminal terminal, Map<String, String> environment, Clock clock) {
            super(terminal, environment);
            this.clock = clock;
        }

        @Override
        int run(ClientSettings settings, PoolLookup pools) {
            List<ListedMachine> found =
                    ListedMachine.of(
                                    pools.pools(client.namedCluster(environment).orElse(null), pool))
                            .stream()
                            .filter(machine -> state == null || machine.state() == state)
                            .toList();
            client.output()
                    .print(
                            terminal,
                            found,
                            found.stream().map(ListedMachine::reference).toList(),
                            wide -> printTable(found, wide));
            return ExitCodes.OK;
        }

        private void printTable(List<ListedMachine> machines, boolean wide) {
            if (machines.isEmpty()) {
                terminal.progress("there are none");
                return;
            }
            Table table = wide
                    ? new Table(
                            2, "CLUSTER", "POOL", "MACHINE", "STATE", "NODE", "CPUS", "MEMORY", "SEEN", "ARCH",
                            "ADDRESS", "LABELS", "JOIN")
                    : new Table(2, "CLUSTER", "POOL", "MACHINE", "STATE", "NODE", "CPUS", "MEMORY", "SEEN");
            machines.forEach(machine -> table.add(wide ? wideCells(machine) : cells(machine)));
            table.lines(wide).forEach(terminal::data);
        }

        private String[] cells(ListedMachine machine) {
            MachineFacts facts = machine.facts();
            return new String[] {
                machine.cluster(),
                machine.pool(),
                machine.machine(),
                machine.state().name(),
                Objects.requireNonNullElse(machine.node(), NONE),
                facts == null ? NONE : Integer.toString(facts.cpus()),
                facts == null ? NONE : MemoryConverter.format(facts.memoryBytes()),
                machine.lastSeen() == null ? "never" : ago(machine.lastSeen(), clock.instant())
            };
        }

        private String[] wideCells(ListedMachine machine) {
            MachineFacts facts = machine.facts();
            List<String> cells = new ArrayList<>(List.of(cells(machine)));
            cells.add(facts == null ? NONE : PlainText.of(facts.architecture()));
            cells.add(
                    facts == null || facts.addresses().isEmpty()
                            ? NONE
                            : PlainText.of(facts.addresses().getFirst()));
            cells.add(labels(machine));
            cells.add(Objects.requireNonNullElse(machine.joinId(), NONE));
            return cells.toArray(String[]::new);
        }
    }

    @Command(
            name = "describe",
            header = {
                "Shows a machine: its state, its node, and what it said of itself.",
                "",
                "Examples:",
                "  ${ROOT-COMMAND-NAME} machines describe rack-3-slot-12",
                "  ${ROOT-COMMAND-NAME} machines describe rack-3-slot-12 --cluster fra-1 --pool batch -o json",
                ""
            },
            description = "Exit code 4 if no pool has such a machine, 2 if several have.")
    static final class Describe extends PoolCommands.PoolCommand {
        private final Clock clock;

        @Parameters(
                paramLabel = "MACHINE",
                converter = MachineIdConverter.class,
                description = "the machine's id in its pool")
        private MachineId machine = new MachineId("none");

        @Option(
                names = "--pool",
                paramLabel = "POOL",
                converter = PoolConverter.class,
                description = "its pool, if several have a machine of this id")
        private @Nullable PoolName pool;

        Describe(Terminal terminal, Map<String, String> environment, Clock clock) {
            super(terminal, environment);
            this.clock = clock;
        }

        @Override
        int run(ClientSettings settings, PoolLookup pools) {
            ListedMachine found = pools.machine(client.namedCluster(environment).orElse(null), pool, machine);
            client.output().print(terminal, found, List.of(found.reference()), _ -> {
                Output.printLines(terminal, facts(found));
                next(found);
            });
            return ExitCodes.OK;
        }

        private Map<String, Object> facts(ListedMachine machine) {
            Map<String, Object> lines = new LinkedHashMap<>();
            lines.put("machine", machine.reference());
            lines.put("state", machine.state() + (machine.withdrawn() ? ", withdrawn by its inventory" : ""));
            if (machine.node() != null) {
                lines.put("node", machine.cluster() + "/" + machine.node());
                lines.put("join", machine.joinId() + ", since " + PlainTime.of(machine.boundSince()));
            }
            lines.put(
                    "last seen",
                    machine.lastSeen() == null
                            ? "never"
                            : machine.lastSeen() + " (" + ago(machine.lastSeen(), clock.instant()) + " ago)");
            if (machine.facts() != null) {
                putFacts(lines, machine.facts());
            }
            lines.put("labels", labels(machine));
            if (machine.endorsementKey() != null) {
                lines.put("TPM", machine.endorsementKey());
            }
            if (!machine.residue().isEmpty()) {
                lines.put(
                        "residue", machine.residue().stream().map(PlainText::of).collect(Collectors.joining("; ")));
            }
            return lines;
        }

        private static void putFacts(Map<String, Object> lines, MachineFacts facts) {
            lines.put("CPUs", facts.cpus() + " " + PlainText.of(facts.architecture()));
            lines.put("memory", MemoryConverter.format(facts.memoryBytes()));
            lines.put("disk", MemoryConverter.format(facts.diskBytes()));
            lines.put("addresses", PlainText.of(String.join(", ", facts.addresses())));
            if (facts.systemUuid() != null) {
                lines.put("system UUID", PlainText.of(facts.systemUuid()));
            }
        }

        private void next(ListedMachine machine) {
            switch (machine.state()) {
                case OFFERED ->
                    terminal.progress(
                            "its agent does not wait at a gateway: check that it runs, and names this cluster and pool");
                case QUARANTINED ->
                    terminal.progress(
                            "clean the machine, put another secret on it, and offer it with that: nodejoin machines offer");
                case BOUND -> terminal.progress("next: nodejoin describe " + machine.cluster() + "/" + machine.node());
                case FREE -> {}
            }
        }
    }

    private static String ago(Instant time, Instant now) {
        return Elapsed.format(Duration.between(time, now));
    }

    private static String labels(ListedMachine machine) {
        return machine.labels().isEmpty()
                ? NONE
                : machine.labels().entrySet().stream()
                        .map(label -> label.getKey() + "=" + label.getValue())
                        .collect(Collectors.joining(","));
    }
}

package io.nodejoin.cli;

import io.nodejoin.workflows.pool.MachineState;
import io.nodejoin.workflows.pool.PoolRef;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code nodejoin pools}: the pools of machines that wait for a join. */
final class PoolCommands {
    private PoolCommands() {}

    @Command(
            name = "pools",
            header = "Lists, describes and drains the pools of waiting machines.",
            synopsisSubcommandLabel = "COMMAND")
    static final class Group {}

    /** What all of them have in common. */
    abstract static class PoolCommand implements Callable<Integer> {
        final Terminal terminal;
        final Map<String, String> environment;

        @Mixin
        ClientOptions client = new ClientOptions();

        PoolCommand(Terminal terminal, Map<String, String> environment) {
            this.terminal = terminal;
            this.environment = environment;
        }

        @Override
        public final Integer call() {
            ClientSettings settings = client.settings(environment);
            check(settings);
            try (TemporalSession temporal = TemporalSession.open(settings.temporal())) {
                return run(settings, temporal.pools());
            }
        }

        /** Throws if the command line is wrong, before anything is done. */
        void check(ClientSettings settings) {}

        abstract int run(ClientSettings settings, PoolLookup pools);
    }

    @Command(
            name = "list",
            header = {
                "Lists the pools: how many machines they have in each state, and how many joins wait.",
                "",
                "Examples:",
                "  ${ROOT-COMMAND-NAME} pools list",
                "  ${ROOT-COMMAND-NAME} pools list --cluster fra-1 -o json | jq '.[].machines.FREE'",
                ""
            },
            description =
                    "A machine is OFFERED until its agent waits, then FREE, BOUND while a join or a node has it, and QUARANTINED if"
                            + " something of a join is left on it. A pool without a machine or a waiting join is not listed.")
    static final class ListPools extends PoolCommand {
        ListPools(Terminal terminal, Map<String, String> environment) {
            super(terminal, environment);
        }

        @Override
        int run(ClientSettings settings, PoolLookup pools) {
            List<ListedPool> found = pools
                    .pools(client.namedCluster(environment).orElse(null), null)
                    .stream()
                    .map(ListedPool::of)
                    .toList();
            client.output()
                    .print(
                            terminal,
                            found,
                            found.stream().map(ListedPool::reference).toList(),
                            wide -> printTable(found, wide));
            return ExitCodes.OK;
        }

        private void printTable(List<ListedPool> pools, boolean wide) {
            if (pools.isEmpty()) {
                terminal.progress("there are none");
                return;
            }
            Table table = new Table(
                    1, "CLUSTER", "POOL", "FREE", "OFFERED", "BOUND", "QUARANTINED", "WAITING JOINS", "DRAINING");
            pools.forEach(pool -> table.add(
                    pool.cluster(),
                    pool.pool(),
                    pool.count(MachineState.FREE),
                    pool.count(MachineState.OFFERED),
                    pool.count(MachineState.BOUND),
                    pool.count(MachineState.QUARANTINED),
                    Integer.toString(pool.waiting().size()),
                    pool.draining() ? "yes" : "no"));
            table.lines(wide).forEach(terminal::data);
        }
    }

    /** What those have in common that name a pool. */
    abstract static class OnePool extends PoolCommand {
        @Parameters(paramLabel = ClientOptions.POOL, description = ClientOptions.POOL_DESCRIPTION)
        private String pool = "";

        OnePool(Terminal terminal, Map<String, String> environment) {
            super(terminal, environment);
        }

        @Override
        void check(ClientSettings settings) {
            PoolRef _ = client.pool(settings, pool);
        }

        @Override
        final int run(ClientSettings settings, PoolLookup pools) {
            return run(client.pool(settings, pool), pools);
        }

        abstract int run(PoolRef pool, PoolLookup pools);
    }

    @Command(
            name = "describe",
            header = {
                "Shows a pool: its machines in numbers, and the joins that wait for one.",
                "",
                "Examples:",
                "  ${ROOT-COMMAND-NAME} pools describe fra-1/batch",
                "  ${ROOT-COMMAND-NAME} pools describe batch --cluster fra-1 -o yaml",
                ""
            },
            description =
                    "Why a join waits is told by nodejoin describe NODE. Exit code 4 if the pool has no machine and no join waits for"
                            + " one.")
    static final class Describe extends OnePool {
        private final Clock clock;

        Describe(Terminal terminal, Map<String, String> environment, Clock clock) {
            super(terminal, environment);
            this.clock = clock;
        }

        @Override
        int run(PoolRef pool, PoolLookup pools) {
            ListedPool found = ListedPool.of(pools.pool(pool));
            client.output().print(terminal, found, List.of(found.reference()), wide -> printText(found, wide));
            return ExitCodes.OK;
        }

        private void printText(ListedPool pool, boolean wide) {
            Map<String, Object> facts = new LinkedHashMap<>();
            facts.put("pool", pool.reference());
            facts.put("draining", pool.draining() ? "yes: joins take no more machines" : "no");
            facts.put("machines", pool.total() + ": " + counts(pool));
            facts.put("waiting", pool.waiting().size() + " joins");
            Output.printLines(terminal, facts);
            if (!pool.waiting().isEmpty()) {
                Table table = new Table(3, "NODE", "SINCE", "DEADLINE IN", "WANTS", "JOIN");
                pool.waiting()
                        .forEach(join -> table.add(
                                join.node(),
                                Elapsed.format(Duration.between(join.since(), clock.instant())),
                                Elapsed.format(Duration.between(clock.instant(), join.deadline())),
                                join.wants(),
                                join.joinId()));
                terminal.data("");
                table.lines(wide).forEach(terminal::data);
            }
            terminal.progress("next: nodejoin machines list --cluster " + pool.cluster() + " --pool " + pool.pool());
        }

        private static String counts(ListedPool pool) {
            return Arrays.stream(MachineState.values())
                    .map(state -> pool.count(state) + " " + state.name().toLowerCase(Locale.ROOT))
                    .collect(Collectors.joining(", "));
        }
    }

    /** Sets whether a pool is draining. */
    abstract static class SetDraining extends OnePool {
        private final boolean draining;

        SetDraining(Terminal terminal, Map<String, String> environment, boolean draining) {
            super(terminal, environment);
            this.draining = draining;
        }

        @Override
        final int run(PoolRef pool, PoolLookup pools) {
            ListedPool set = ListedPool.of(pools.setDraining(pool, draining));
            Map<String, Object> facts = new LinkedHashMap<>();
            facts.put("cluster", set.cluster());
            facts.put("pool", set.pool());
            facts.put("draining", set.draining());
            facts.put("bound", set.machines().getOrDefault(MachineState.BOUND, 0L));
            facts.put("waiting", set.waiting().size());
            client.output().printFacts(terminal, set.reference(), facts);
            return ExitCodes.OK;
        }
    }

    @Command(
            name = "drain",
            header = {
                "Lets joins take no more machines of a pool.",
                "",
                "Examples:",
                "  ${ROOT-COMMAND-NAME} pools drain fra-1/batch",
                "  ${ROOT-COMMAND-NAME} pools drain batch --cluster fra-1 -o json",
                ""
            },
            description =
                    "Nodes of the pool stay, and their machines wait for nodejoin pools undrain once they have left. Joins that want"
                            + " a machine wait until their deadline. A second time changes nothing.")
    static final class Drain extends SetDraining {
        Drain(Terminal terminal, Map<String, String> environment) {
            super(terminal, environment, true);
        }
    }

    @Command(
            name = "undrain",
            header = {
                "Lets joins take machines of a drained pool again.",
                "",
                "Examples:",
                "  ${ROOT-COMMAND-NAME} pools undrain fra-1/batch",
                "  ${ROOT-COMMAND-NAME} pools undrain batch --cluster fra-1",
                ""
            },
            description = "Joins that wait get the machines that are free at once. A second time changes nothing.")
    static final class Undrain extends SetDraining {
        Undrain(Terminal terminal, Map<String, String> environment) {
            super(terminal, environment, false);
        }
    }
}

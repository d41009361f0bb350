package io.nodejoin.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nodejoin.protocol.MachineId;
import io.nodejoin.protocol.event.RequestedMachine;
import io.nodejoin.visibility.join.Lookup;
import io.nodejoin.workflows.pool.MachineState;
import io.nodejoin.workflows.pool.PoolStatus;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

class PoolCommandsTest {
    private static final Map<String, String> ENVIRONMENT = Map.of();

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private final Terminal terminal = new Terminal(
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8),
            false);
    private final Clock clock = Clock.fixed(FakePools.NOW, ZoneOffset.UTC);
    private final FakePools pools = new FakePools()
            .with(
                    FakePools.BATCH,
                    List.of(
                            FakePools.machine("m1", MachineState.FREE),
                            FakePools.machine("m2", MachineState.BOUND),
                            FakePools.machine("m3", MachineState.QUARANTINED),
                            FakePools.machine("m4", MachineState.OFFERED)),
                    List.of(FakePools.waiting(
                            "w7", new RequestedMachine(null, null, null, Map.of("zone", "b"), 64, 256L << 30))))
            .with(FakePools.ref("gpu"), List.of(), List.of(FakePools.waiting("w8", RequestedMachine.ANY)));

    @Test
    void shouldListThePoolsWithTheirNumbers() {
        // when
        int exit = run(new PoolCommands.ListPools(terminal, ENVIRONMENT));

        // then
        assertThat(exit).isEqualTo(ExitCodes.OK);
        assertThat(text(out).lines())
                .containsExactly(
                        "CLUSTER  POOL   FREE  OFFERED  BOUND  QUARANTINED  WAITING JOINS  DRAINING",
                        "fra-1    batch  1     1        1      1            1              no",
                        "fra-1    gpu    0     0        0      0            1              no");
    }

    @Test
    void shouldListNoPoolOfAnotherCluster() {
        // when
        int exit = run(new PoolCommands.ListPools(terminal, ENVIRONMENT), "--cluster", "ber-2");

        // then
        assertThat(exit).isEqualTo(ExitCodes.OK);
        assertThat(text(out)).isEmpty();
        assertThat(text(err)).isEqualTo("there are none\n");
    }

    @ParameterizedTest
    @CsvSource({"fra-1/batch", "batch --cluster fra-1"})
    void shouldDescribeWhoWaitsSinceWhenAndForWhat(String pool) {
        // when
        int exit = run(new PoolCommands.Describe(terminal, ENVIRONMENT, clock), pool.split(" "));

        // then
        assertThat(exit).isEqualTo(ExitCodes.OK);
        assertThat(text(out).lines())
                .contains(
                        "pool       fra-1/batch",
                        "draining   no",
                        "machines   4: 1 offered, 1 free, 1 bound, 1 quarantined",
                        "waiting    1 joins",
                        "NODE  SINCE  DEADLINE IN  WANTS                     JOIN")
                .anyMatch(line -> line.startsWith("w7    1m0s   9m0s         64 CPUs, 256 GiB, zone=b  "));
        assertThat(text(err)).isEqualTo("next: nodejoin machines list --cluster fra-1 --pool batch\n");
    }

    @Test
    void shouldSayThatAnUnknownPoolIsUnknown() {
        assertThatThrownBy(() -> run(new PoolCommands.Describe(terminal, ENVIRONMENT, clock), "fra-1/none"))
                .isInstanceOfSatisfying(
                        CliException.class,
                        thrown -> assertThat(thrown.exitCode()).isEqualTo(ExitCodes.NOT_FOUND))
                .hasMessage("there is no pool none in fra-1");
    }

    @Test
    void shouldDrainAPoolAndEndThat() {
        // when
        int drain = run(new PoolCommands.Drain(terminal, ENVIRONMENT), "fra-1/batch");

        // then
        assertThat(drain).isEqualTo(ExitCodes.OK);
        assertThat(isDraining()).isTrue();
        assertThat(text(out)).contains("draining   true", "bound      1");

        // when
        int undrain = run(new PoolCommands.Undrain(terminal, ENVIRONMENT), "fra-1/batch");

        // then
        assertThat(undrain).isEqualTo(ExitCodes.OK);
        assertThat(isDraining()).isFalse();
    }

    @Test
    void shouldNameTheOneMachineThatAJoinWants() {
        // given
        RequestedMachine one = new RequestedMachine(null, null, new MachineId("rack-3"), Map.of(), null, null);
        pools.with(FakePools.ref("one"), List.of(), List.of(FakePools.waiting("w9", one)));

        // when
        int exit = run(new PoolCommands.Describe(terminal, ENVIRONMENT, clock), "fra-1/one", "-o", "json");

        // then
        assertThat(exit).isEqualTo(ExitCodes.OK);
        assertThat(text(out)).contains("\"wanted\":{\"id\":\"rack-3\"}", "\"deadline\":\"2026-11-25T10:24:30Z\"");
    }

    private boolean isDraining() {
        return pools.pool(FakePools.BATCH) instanceof Lookup.Found<PoolStatus>(PoolStatus status) && status.draining();
    }

    private int run(PoolCommands.PoolCommand command, String... words) {
        new CommandLine(command).parseArgs(words);
        return command.run(ClientSettings.load(null, ENVIRONMENT), pools.lookup());
    }

    private static String text(ByteArrayOutputStream stream) {
        return stream.toString(StandardCharsets.UTF_8);
    }
}

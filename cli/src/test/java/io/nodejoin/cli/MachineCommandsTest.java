package io.nodejoin.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nodejoin.protocol.Sha256;
import io.nodejoin.protocol.event.MachineOffered;
import io.nodejoin.workflows.pool.MachineState;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class MachineCommandsTest {
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
                            FakePools.machine("rack-1", MachineState.BOUND),
                            FakePools.machine("rack-2", MachineState.OFFERED),
                            FakePools.machine("rack-3", MachineState.QUARANTINED)),
                    List.of())
            .with(FakePools.ref("gpu"), List.of(FakePools.machine("rack-1", MachineState.FREE)), List.of());

    @Test
    void shouldListTheMachinesOfAPool() {
        // when
        int exit = run(new MachineCommands.ListMachines(terminal, ENVIRONMENT, clock), "--pool", "batch");

        // then
        assertThat(exit).isEqualTo(ExitCodes.OK);
        assertThat(text(out).lines())
                .containsExactly(
                        "CLUSTER  POOL   MACHINE   STATE        NODE  CPUS  MEMORY  SEEN",
                        "fra-1    batch  rack-1    BOUND        w1    16    63 GiB  1m30s",
                        "fra-1    batch  rack-2    OFFERED      -     -     -       never",
                        "fra-1    batch  rack-3    QUARANTINED  -     16    63 GiB  1m30s");
    }

    @Test
    void shouldListOnlyThoseInAState() {
        // when
        run(new MachineCommands.ListMachines(terminal, ENVIRONMENT, clock), "--state", "FREE", "-o", "name");

        // then
        assertThat(text(out)).isEqualTo("fra-1/gpu/rack-1\n");
    }

    @Test
    void shouldTellNobodyTheDigestOfASecret() {
        // when
        run(new MachineCommands.ListMachines(terminal, ENVIRONMENT, clock), "-o", "json");

        // then
        assertThat(text(out)).contains("\"state\":\"BOUND\"", "\"cpus\":16").doesNotContain(FakePools.DIGEST);
    }

    @Test
    void shouldDescribeTheNodeOfAMachineAndWhatTheMachineSaid() {
        // when
        int exit = run(new MachineCommands.Describe(terminal, ENVIRONMENT, clock), "rack-1", "--pool", "batch");

        // then
        assertThat(exit).isEqualTo(ExitCodes.OK);
        assertThat(text(out).lines())
                .contains(
                        "machine    fra-1/batch/rack-1",
                        "state      BOUND",
                        "node       fra-1/w1",
                        "last seen  2026-11-25T10:14:00Z (1m30s ago)",
                        "CPUs       16 amd64",
                        "memory     63 GiB",
                        "addresses  10.0.3.12",
                        "labels     zone=a");
        assertThat(text(err)).isEqualTo("next: nodejoin describe fra-1/w1\n");
    }

    @Test
    void shouldSayWhatIsLeftOnAQuarantinedMachineAndWhatToDo() {
        // when
        run(new MachineCommands.Describe(terminal, ENVIRONMENT, clock), "rack-3");

        // then
        assertThat(text(out)).contains("residue    Host: /etc/kubernetes is left");
        assertThat(text(err)).contains("put another secret on it, and offer it with that");
    }

    @Test
    void shouldAskWhichOfSeveralMachinesIsMeant() {
        assertThatThrownBy(() -> run(new MachineCommands.Describe(terminal, ENVIRONMENT, clock), "rack-1"))
                .isInstanceOfSatisfying(
                        CliException.class,
                        thrown -> assertThat(thrown.exitCode()).isEqualTo(ExitCodes.USAGE))
                .hasMessageContaining("fra-1/batch/rack-1, fra-1/gpu/rack-1");
    }

    @Test
    void shouldProposeAMachineThatIsLikeAnUnknownOne() {
        assertThatThrownBy(() -> run(new MachineCommands.Describe(terminal, ENVIRONMENT, clock), "rcak-3"))
                .isInstanceOfSatisfying(
                        CliException.class,
                        thrown -> assertThat(thrown.exitCode()).isEqualTo(ExitCodes.NOT_FOUND))
                .hasMessage("no pool has a machine rcak-3; did you mean rack-3?");
    }

    @Test
    void shouldOfferAMachineByTheDigestOfItsSecret() {
        // given
        var command = new MachineOfferCommands.Offer(terminal, ENVIRONMENT, clock, new SecureRandom());
        new CommandLine(command)
                .parseArgs(
                        "rack-9", "--cluster", "fra-1", "--pool", "batch", "--label", "zone=a", "--label", "size=m8");

        // when
        MachineOffered offer =
                command.offer(ClientSettings.load(null, ENVIRONMENT), new EnrollmentSecret("the secret of rack 9"));

        // then
        assertThat(offer.recordKey()).isEqualTo("fra-1/batch/rack-9");
        assertThat(offer.enrollment()).isEqualTo(Sha256.hex("the secret of rack 9"));
        assertThat(offer.labels()).containsExactly(Map.entry("size", "m8"), Map.entry("zone", "a"));
    }

    private int run(PoolCommands.PoolCommand command, String... words) {
        new CommandLine(command).parseArgs(words);
        return command.run(ClientSettings.load(null, ENVIRONMENT), pools.lookup());
    }

    private static String text(ByteArrayOutputStream stream) {
        return stream.toString(StandardCharsets.UTF_8);
    }
}

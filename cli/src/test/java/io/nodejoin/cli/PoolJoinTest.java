package io.nodejoin.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.nodejoin.protocol.MachineId;
import io.nodejoin.protocol.PoolName;
import io.nodejoin.protocol.event.JoinRequested;
import io.nodejoin.protocol.event.MachineOffered;
import io.nodejoin.protocol.event.RequestedMachine;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** Joins that take a machine of a pool, as {@code join} and {@code retry} request them. */
class PoolJoinTest {
    private static final Map<String, String> ENVIRONMENT = Map.of("NODEJOIN_CLUSTER", "fra-1");
    private static final Instant UNTIL = Instant.parse("2026-11-25T10:15:30Z");
    private static final String SECRET = "0a1b2c3d4e5f60718293a4b5c6d7e8f9";

    @Test
    void shouldRequestAMachineOfThePoolByItsConstraints() {
        // when
        JoinCommand.Plan plan = join("--pool batch --machine-label zone=a --min-cpus 16 --min-memory 64Gi");

        // then
        assertThat(plan.made()).isEmpty();
        assertThat(plan.request().enrollment()).isNull();
        assertThat(plan.request().machine())
                .isEqualTo(new RequestedMachine(null, null, null, Map.of("zone", "a"), 16, 64L << 30));
    }

    @Test
    void shouldRequestAnyMachineOfThePool() {
        // when
        JoinCommand.Plan plan = join("--pool batch");

        // then
        assertThat(plan.request().needsMachine()).isTrue();
        assertThat(plan.request().machine()).isNull();
    }

    @Test
    void shouldRequestOneMachineOfThePool() {
        // when
        JoinCommand.Plan plan = join("--pool batch --machine rack-3");

        // then
        assertThat(plan.request().wantedMachine().id()).isEqualTo(new MachineId("rack-3"));
    }

    @Test
    void shouldTakeTheMachineWithTheSecretThatIsGiven() {
        // when
        JoinCommand.Plan plan = join("--pool batch --enrollment " + SECRET);

        // then
        assertThat(plan.made()).isEmpty();
        assertThat(plan.request().enrollment()).isEqualTo(new EnrollmentSecret(SECRET).digest());
        assertThat(plan.request().pool()).isEqualTo(new PoolName("batch"));
    }

    @Test
    void shouldMakeASecretForAJoinOfNoPool() {
        // when
        JoinCommand.Plan plan = join("");

        // then
        assertThat(plan.made()).isPresent();
        assertThat(plan.request().enrollment())
                .isEqualTo(plan.made().orElseThrow().digest());
    }

    @Test
    void shouldLetARetryTakeAnotherMachineOfThePool() {
        // given a join that had got a machine
        JoinRequested wanted = join("--pool batch --label role=batch").request();
        MachineOffered offer = new MachineOffered(
                wanted.cluster(), new PoolName("batch"), new MachineId("rack-3"), "digest", Map.of(), null, "uuid-3");
        JoinRequested bound = wanted.with(offer, List.of("10.0.3.12"));

        // when
        JoinRequested again = RetryCommand.again(bound, null);

        // then
        assertThat(again).isEqualTo(wanted);
    }

    @Test
    void shouldLetARetryWantTheMachineThatWasNotFree() {
        // given a join that had got none
        JoinRequested wanted = join("--pool batch --machine rack-3").request();

        // when
        JoinRequested again = RetryCommand.again(wanted, UNTIL);

        // then
        assertThat(again.wantedMachine().id()).isEqualTo(new MachineId("rack-3"));
        assertThat(again.deadline()).isEqualTo(UNTIL);
    }

    @Test
    void shouldRetryAJoinOfNoPoolWithItsSecret() {
        // given
        JoinRequested failed = join("--pool batch --enrollment " + SECRET + " --system-uuid u --address 10.0.3.12")
                .request();

        // when
        JoinRequested again = RetryCommand.again(failed, null);

        // then
        assertThat(again).isEqualTo(failed);
    }

    private static JoinCommand.Plan join(String options) {
        PrintStream nowhere = new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8);
        JoinCommand command = new JoinCommand(
                new Terminal(nowhere, nowhere, false), ENVIRONMENT, Clock.systemUTC(), new SecureRandom());
        new CommandLine(command)
                .setCaseInsensitiveEnumValuesAllowed(true)
                .parseArgs(("w1 " + options).strip().split(" "));
        return command.plan(ClientSettings.load(null, ENVIRONMENT));
    }
}

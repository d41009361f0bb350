package io.nodejoin.testbed.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.nodejoin.cli.ExitCodes;
import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.event.JoinCancelled;
import io.nodejoin.protocol.event.JoinFailed;
import io.nodejoin.protocol.event.JoinSucceeded;
import io.nodejoin.testbed.client.HostFixture;
import io.nodejoin.testbed.process.Command;
import io.nodejoin.testbed.process.CommandResult;
import io.nodejoin.testbed.simulated.SimulatedHost.Fault;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** The command line as a person and as a script use it, each time in a process of its own. */
@Tag("real")
@OnSharedBed
class CommandLineE2E {
    private final SharedBed bed;

    CommandLineE2E(SharedBed bed) {
        this.bed = bed;
    }

    @Test
    @Execution(ExecutionMode.CONCURRENT)
    void shouldTellNodeAndRequestApart() {
        // given a node, and a second request for it by another machine
        HostFixture fixture = bed.newHost("twice");
        bed.boot(fixture, Fault.NONE);
        bed.request(fixture);
        bed.outcomes().awaitOutcome(fixture.node(), JoinSucceeded.class);
        bed.histories().awaitClosed(fixture.node());
        bed.request(bed.newHostOfSameName(fixture));
        JoinFailed second = bed.outcomes().awaitSecondOutcome(fixture.node(), JoinFailed.class);
        bed.histories().awaitClosed(fixture.node());

        // when
        CommandResult status = nodejoin("status", SharedBed.recordKey(fixture.node()));
        CommandResult described = nodejoin("describe", SharedBed.recordKey(fixture.node()));
        CommandResult listed = nodejoin("list", "--code", "NODE_NAME_IN_USE", "-o", "name");

        // then
        assertThat(second.reason()).isEqualTo(ErrorCode.NODE_NAME_IN_USE);
        assertThat(status.exitCode()).as(status.error()).isEqualTo(ExitCodes.FAILED);
        assertThat(status.output())
                .contains("state      Joined since ")
                .contains("phase      Failed NODE_NAME_IN_USE")
                .contains("to do      " + ErrorCode.NODE_NAME_IN_USE.remedy());
        assertThat(status.error()).contains("next: nodejoin describe " + SharedBed.recordKey(fixture.node()));
        assertThat(described.output())
                .contains("Joined since ", "Node  Ready, kubelet v", "└─ NODE_NAME_IN_USE", "to do  ");
        assertThat(listed.output().lines()).contains(SharedBed.recordKey(fixture.node()));
    }

    @Test
    @Execution(ExecutionMode.CONCURRENT)
    void shouldPrintTheEventsOfANodeAsCloudEvents() {
        // given
        HostFixture fixture = bed.newHost("told");
        bed.boot(fixture, Fault.NONE);
        bed.request(fixture);
        bed.outcomes().awaitOutcome(fixture.node(), JoinSucceeded.class);

        // when
        CommandResult lines = nodejoin("events", SharedBed.recordKey(fixture.node()), "--since", "1h");
        CommandResult events = nodejoin("events", "told", "-o", "json");

        // then
        assertThat(lines.output().lines()).anyMatch(line -> line.endsWith("testbed/told  Joined"));
        assertThat(events.output().lines())
                .allMatch(line -> line.startsWith("{\"specversion\":\"1.0\""))
                .anyMatch(line -> line.contains("\"type\":\"io.nodejoin.join.succeeded.v1\""));
    }

    @Test
    @Execution(ExecutionMode.CONCURRENT)
    void shouldReplayARefusedRequestByteForByte() {
        // given a request for a cluster that is not configured
        HostFixture fixture = bed.newHost("refused");
        String id = UUID.randomUUID().toString();
        bed.requests()
                .send(
                        SharedBed.requestBuilder(new ClusterName("nowhere"), fixture)
                                .build(),
                        SharedBed.recordKey(fixture.node()),
                        id);
        bed.outcomes().awaitRejection(id);

        // when
        CommandResult listed = nodejoin("dlt", "list", "-o", "json");
        String position = positionOf(nodejoin("dlt", "list", "-o", "wide"), SharedBed.recordKey(fixture.node()));
        CommandResult shown = nodejoin("dlt", "show", position);
        CommandResult unasked = nodejoin("dlt", "replay", position);
        CommandResult replayed = nodejoin("dlt", "replay", position, "--yes");
        bed.outcomes().awaitRejection(id);

        // then
        assertThat(listed.output()).contains("\"reason\":\"UNKNOWN_CLUSTER\"", "\"ce_id\":\"" + id + "\"");
        assertThat(shown.output())
                .contains("reason", "UNKNOWN_CLUSTER", ErrorCode.UNKNOWN_CLUSTER.remedy(), id)
                .doesNotContain("header nodejoin.dlt");
        assertThat(unasked.exitCode()).isEqualTo(ExitCodes.USAGE);
        assertThat(replayed.exitCode()).as(replayed.error()).isEqualTo(ExitCodes.OK);
        assertThat(replayed.output()).contains("published  nodejoin.requests.v1-");
    }

    @Test
    @Execution(ExecutionMode.CONCURRENT)
    void shouldSayThatANodeToLeaveIsNotThere() {
        // when
        CommandResult left = nodejoin("leave", SharedBed.CLUSTER + "/nobody", "--yes", "--wait");

        // then
        assertThat(left.exitCode()).as(left.error()).isEqualTo(ExitCodes.NOT_FOUND);
        assertThat(left.output()).contains("outcome    NotFound");
        assertThat(left.error()).contains("there is no Node nobody in " + SharedBed.CLUSTER);
    }

    @Test
    @Execution(ExecutionMode.CONCURRENT)
    void shouldKnowNoTokenThatIsNotOfAJoin() {
        // when
        CommandResult listed = nodejoin("tokens", "list", "--kubeconfig", administrator());
        CommandResult unknown = nodejoin("tokens", "revoke", "zzzzz0", "--kubeconfig", administrator(), "--yes");

        // then
        assertThat(listed.exitCode()).as(listed.error()).isEqualTo(ExitCodes.OK);
        assertThat(unknown.exitCode()).as(unknown.error()).isEqualTo(ExitCodes.NOT_FOUND);
    }

    @Test
    @Execution(ExecutionMode.CONCURRENT)
    void shouldAskAPersonAndTakeANo() {
        // given
        HostFixture fixture = bed.newHost("asked");
        bed.request(fixture);
        bed.outcomes().awaitAccepted(fixture.node());

        // when
        PseudoTerminal.Screen refused =
                PseudoTerminal.run(cli("abort", SharedBed.recordKey(fixture.node())), environment(), "[y/N] ", "n\n");
        PseudoTerminal.Screen agreed = PseudoTerminal.run(
                cli("abort", SharedBed.recordKey(fixture.node()), "--wait"), environment(), "[y/N] ", "y\n");

        // then
        assertThat(refused.text()).contains("Abort what runs for testbed/asked", "nothing was done");
        assertThat(refused.exitCode()).isEqualTo(ExitCodes.FAILED);
        assertThat(agreed.exitCode()).as(agreed.text()).isEqualTo(ExitCodes.OK);
        bed.outcomes().awaitOutcome(fixture.node(), JoinCancelled.class);
    }

    @Test
    @Execution(ExecutionMode.CONCURRENT)
    void shouldFollowEventsInColorUntilItIsInterrupted() {
        // given
        HostFixture fixture = bed.newHost("colorful");
        bed.boot(fixture, Fault.NONE);
        bed.request(fixture);
        bed.outcomes().awaitOutcome(fixture.node(), JoinSucceeded.class);
        String joined = "\u001b[32mJoined\u001b[0m";
        Map<String, String> plain = environment();
        plain.put("NO_COLOR", "1");

        // when
        PseudoTerminal.Screen colored =
                PseudoTerminal.run(cli("events", "-f", "colorful"), environment(), joined, PseudoTerminal.CONTROL_C);
        PseudoTerminal.Screen uncolored =
                PseudoTerminal.run(cli("events", "-f", "colorful"), plain, "Joined", PseudoTerminal.CONTROL_C);

        // then
        assertThat(colored.exitCode()).as(colored.text()).isEqualTo(ExitCodes.INTERRUPTED);
        assertThat(uncolored.text()).contains("Joined").doesNotContain("\u001b[");
    }

    @Test
    @Execution(ExecutionMode.CONCURRENT)
    void shouldRequestACancelledJoinAgain() {
        // given
        HostFixture fixture = bed.newHost("retried");
        bed.request(fixture);
        bed.outcomes().awaitAccepted(fixture.node());
        String running = nodejoin("retry", SharedBed.recordKey(fixture.node())).error();
        nodejoin("abort", SharedBed.recordKey(fixture.node()), "--yes", "--wait");
        bed.outcomes().awaitOutcome(fixture.node(), JoinCancelled.class);
        bed.histories().awaitClosed(fixture.node());
        bed.boot(fixture, Fault.NONE);

        // when
        CommandResult again = nodejoin("retry", SharedBed.recordKey(fixture.node()), "--wait");

        // then
        assertThat(running).contains("only one that has failed or was cancelled can be made again");
        assertThat(again.exitCode()).as(again.error()).isEqualTo(ExitCodes.OK);
        assertThat(again.output()).contains("outcome    Joined");
    }

    private static String positionOf(CommandResult listed, String key) {
        return listed.output()
                .lines()
                .filter(line -> line.contains(key))
                .map(line -> line.substring(0, line.indexOf(' ')))
                .reduce((_, last) -> last)
                .orElseThrow(() -> new AssertionError("no dead letter of " + key + " in " + listed.output()));
    }

    private CommandResult nodejoin(String... words) {
        Command command = cli(words);
        for (Map.Entry<String, String> variable : environment().entrySet()) {
            command = command.withVariable(variable.getKey(), variable.getValue());
        }
        return command.run();
    }

    private Command cli(String... words) {
        return bed.testBed().service().cli(words);
    }

    private String administrator() {
        return bed.testBed().directories().adminKubeconfig().toString();
    }

    private Map<String, String> environment() {
        return new HashMap<>(Map.of(
                "NODEJOIN_CONFIG",
                bed.testBed().service().config().toString(),
                "NODEJOIN_CLUSTER",
                SharedBed.CLUSTER.value()));
    }
}

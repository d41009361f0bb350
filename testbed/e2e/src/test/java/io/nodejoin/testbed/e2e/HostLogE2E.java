package io.nodejoin.testbed.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.nodejoin.cli.ExitCodes;
import io.nodejoin.protocol.Phase;
import io.nodejoin.protocol.event.JoinCancelled;
import io.nodejoin.testbed.TestBed;
import io.nodejoin.testbed.client.HostFixture;
import io.nodejoin.testbed.client.JoinRequestProducer;
import io.nodejoin.testbed.host.Host;
import io.nodejoin.testbed.host.HostSpec;
import io.nodejoin.testbed.process.Command;
import io.nodejoin.testbed.process.CommandResult;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.parallel.ResourceAccessMode;
import org.junit.jupiter.api.parallel.ResourceLock;

/** The journal of a machine whose join hangs, as somebody reads it who has no access to the machine. */
@Tag("real")
@Tag("hosts")
@ResourceLock(value = BootedBed.SHARED, mode = ResourceAccessMode.READ)
class HostLogE2E {
    private static final Duration TIMEOUT = Duration.ofMinutes(3);
    /** A kubelet without a pod network writes it every few seconds; a line that it writes once may not be among those kept any more. */
    private static final String REPEATED_LINE = "Container runtime network not ready";

    private static final List<String> UNITS = List.of("nodejoin-agent", "containerd", "kubelet");

    @RegisterExtension
    private static final BootedBed booted = BootedBed.shared("logs of hosts");

    private final TestBed bed = booted.bed();
    private final SecureRandom random = new SecureRandom();

    @Test
    void shouldShowTheJournalOfAHostWhoseJoinHangs() {
        // given a machine without a pod network: its Node does not become Ready, and no command runs on it
        HostFixture fixture = HostFixture.create("networkless", false, random);
        Host host = booted.addHost(HostSpec.named(fixture.node().value(), fixture.secret()));
        host.run("rm", "-rf", "/etc/cni/net.d").orFail();
        try (OutcomeLog outcomes = new OutcomeLog(bed.kafka().bootstrapServers());
                JoinRequestProducer producer =
                        new JoinRequestProducer(bed.kafka().bootstrapServers())) {
            producer.send(fixture.joinRequest(SharedBed.CLUSTER, host.address()), SharedBed.recordKey(fixture.node()));

            // when
            Set<String> lines = linesOfAllUnits(SharedBed.recordKey(fixture.node()));
            outcomes.awaitPhase(fixture.node(), Phase.KubeletStarted);
            CommandResult agents = nodejoin("agents", "-o", "json");
            PseudoTerminal.Screen followed = PseudoTerminal.run(
                    cli("logs", SharedBed.recordKey(fixture.node()), "-f"),
                    environment(),
                    REPEATED_LINE,
                    PseudoTerminal.CONTROL_C);
            nodejoin("abort", SharedBed.recordKey(fixture.node()), "--yes").orFail();
            outcomes.awaitOutcome(fixture.node(), JoinCancelled.class);

            // then
            assertThat(lines).anyMatch(line -> line.contains("  nodejoin-agent  INFO "));
            assertThat(followed.text()).contains("kubelet");
            assertThat(agents.output())
                    .contains("\"node\":\"networkless\",\"state\":\"connected\"", "\"replica\":\"gateway-");
        }
    }

    /** A kubelet that starts writes more than the 200 lines that are kept, so the log is read from the beginning of the join on. */
    private Set<String> linesOfAllUnits(String node) {
        Set<String> lines = new LinkedHashSet<>();
        await("lines of all units").atMost(TIMEOUT).until(() -> {
            CommandResult read = nodejoin("logs", node);
            if (read.exitCode() == ExitCodes.OK) {
                lines.addAll(read.output().lines().toList());
            }
            return UNITS.stream().allMatch(unit -> lines.stream().anyMatch(line -> line.contains("  " + unit + "  ")));
        });
        return lines;
    }

    private CommandResult nodejoin(String... words) {
        Command command = cli(words);
        for (Map.Entry<String, String> variable : environment().entrySet()) {
            command = command.withVariable(variable.getKey(), variable.getValue());
        }
        return command.withTimeout(TIMEOUT).run();
    }

    private Command cli(String... words) {
        return bed.service().cli(words);
    }

    private Map<String, String> environment() {
        return Map.of("NODEJOIN_CONFIG", bed.service().config().toString());
    }
}

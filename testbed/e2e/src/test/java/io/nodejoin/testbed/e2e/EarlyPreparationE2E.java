package io.nodejoin.testbed.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.nodejoin.protocol.event.JoinFailed;
import io.nodejoin.protocol.event.JoinSucceeded;
import io.nodejoin.testbed.TestBed;
import io.nodejoin.testbed.client.HostFixture;
import io.nodejoin.testbed.client.JoinRequestProducer;
import io.nodejoin.testbed.host.Host;
import io.nodejoin.testbed.host.HostFault;
import io.nodejoin.testbed.host.HostSpec;
import io.nodejoin.testbed.process.Parallel;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.parallel.ResourceAccessMode;
import org.junit.jupiter.api.parallel.ResourceLock;

/** Machines whose agents prepare them before anybody requests their join. */
@Tag("full")
@ResourceLock(value = BootedBed.SHARED, mode = ResourceAccessMode.READ)
class EarlyPreparationE2E {
    private static final Duration TIMEOUT = Duration.ofSeconds(60);
    private static final String AGENT = "nodejoin-agent.service";
    private static final String CONFIG = "/etc/nodejoin/agent.json";
    private static final String DONE = "early preparation: done";

    private final SecureRandom random = new SecureRandom();

    @RegisterExtension
    private final BootedBed booted = BootedBed.shared("hosts that are prepared early are");

    private final TestBed bed = booted.bed();

    @Test
    void shouldJoinWithOneCommandAndLeaveNothingOfAPreparationIfTheJoinFails() {
        // given
        HostFixture ready = HostFixture.create("ready-early", false, random);
        HostFixture changed = HostFixture.create("changed-since", false, random);
        HostFixture broken = HostFixture.create("broken-early", false, random);
        List<Host> hosts = Parallel.run(List.<Supplier<Host>>of(
                () -> booted.addHost(spec(ready)),
                () -> booted.addHost(spec(changed)),
                () -> booted.addHost(spec(broken).withoutEarlyPreparation().with(HostFault.KUBELET_CANNOT_START))));
        HostState unprepared = stateBeforeItsEarlyPreparation(hosts.get(2));
        hosts.forEach(EarlyPreparationE2E::awaitPrepared);
        hosts.get(1).run("sysctl", "--write", "net.ipv4.ip_forward=0").orFail();

        try (OutcomeLog outcomes = new OutcomeLog(bed.kafka().bootstrapServers());
                JoinRequestProducer producer =
                        new JoinRequestProducer(bed.kafka().bootstrapServers())) {
            // when
            request(producer, ready, hosts.get(0));
            request(producer, changed, hosts.get(1));
            request(producer, broken, hosts.get(2));

            // then
            outcomes.awaitOutcome(ready.node(), JoinSucceeded.class);
            outcomes.awaitOutcome(changed.node(), JoinSucceeded.class);
            JoinFailed failed = outcomes.awaitOutcome(broken.node(), JoinFailed.class);
            assertThat(failed.residue()).isEmpty();
        }
        assertThat(acceptedCommands(hosts.get(0))).containsExactly("StartKubelet");
        assertThat(acceptedCommands(hosts.get(1))).containsExactly("StartKubelet");
        assertThat(hosts.get(1).read("/proc/sys/net/ipv4/ip_forward")).contains("1\n");
        assertThat(acceptedCommands(hosts.get(2))).startsWith("StartKubelet", "ResetHost", "Preflight", "PrepareHost");
        assertThat(HostState.read(hosts.get(2)).differencesFrom(unprepared)).isEmpty();
    }

    private static HostSpec spec(HostFixture fixture) {
        return HostSpec.named(fixture.node().value(), fixture.secret());
    }

    /** Lets the agent prepare the host now, and returns how it was before. */
    private static HostState stateBeforeItsEarlyPreparation(Host host) {
        String config = host.read(CONFIG).orElseThrow();
        host.write(CONFIG, config.replace("\"join\"", "\"early\""));
        HostState before = HostState.read(host);
        host.run("systemctl", "restart", AGENT).orFail();
        return before;
    }

    private static void awaitPrepared(Host host) {
        await("early preparation of " + host.name())
                .atMost(TIMEOUT)
                .until(() -> host.journal(AGENT, 200).contains(DONE));
    }

    private static void request(JoinRequestProducer producer, HostFixture fixture, Host host) {
        producer.send(fixture.joinRequest(SharedBed.CLUSTER, host.address()), SharedBed.recordKey(fixture.node()));
    }

    private static List<String> acceptedCommands(Host host) {
        return host.journal(AGENT, 500)
                .lines()
                .filter(line -> line.contains(" accepted: assignment "))
                .map(line -> line.replaceAll(".*INFO (\\w+) accepted: .*", "$1"))
                .toList();
    }
}

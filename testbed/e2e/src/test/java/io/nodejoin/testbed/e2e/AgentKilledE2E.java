package io.nodejoin.testbed.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.NodeName;
import io.nodejoin.protocol.event.JoinAccepted;
import io.nodejoin.protocol.event.JoinCancelRequested;
import io.nodejoin.protocol.event.JoinCancelled;
import io.nodejoin.protocol.event.JoinFailed;
import io.nodejoin.protocol.event.JoinSucceeded;
import io.nodejoin.testbed.TestBed;
import io.nodejoin.testbed.client.HostFixture;
import io.nodejoin.testbed.client.JoinRequestProducer;
import io.nodejoin.testbed.failpoint.FailAction;
import io.nodejoin.testbed.failpoint.FailPlan;
import io.nodejoin.testbed.failpoint.FailPoint;
import io.nodejoin.testbed.failpoint.FailPointMarker;
import io.nodejoin.testbed.failpoint.FailPosition;
import io.nodejoin.testbed.host.Host;
import io.nodejoin.testbed.host.HostFault;
import io.nodejoin.testbed.host.HostSpec;
import io.nodejoin.testbed.process.Parallel;
import io.nodejoin.testbed.service.ServiceSettings;
import io.nodejoin.workflows.lifecycle.NodeJoinWorkflow;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.parallel.ResourceLock;

/**
 * kill -9 of the agent of booted hosts while each command is on its way to it, is carried out, and its answer is on its way
 * back, and while its join waits for certificate and readiness: each join ends once and as it should.
 */
@Tag("full")
@ResourceLock(BootedBed.SHARED)
class AgentKilledE2E {
    private static final Duration TIMEOUT = Duration.ofSeconds(60);
    /** Longer than it takes to see that a step is held, and to kill. */
    private static final Duration HOLD_TIME = Duration.ofSeconds(4);
    /** A kubelet asks for its certificate in this time. */
    private static final Duration UNDECIDED = Duration.ofSeconds(10);

    private final SecureRandom random = new SecureRandom();
    private final long seed = random.nextLong();
    private final Random seededRandom = new Random(seed);

    @RegisterExtension
    private final BootedBed booted = BootedBed.shared("agents that are killed are");

    private final TestBed bed = booted.bed();

    @AfterEach
    void holdNothingMore() {
        bed.service().restartWith(ServiceSettings.standard());
    }

    @Test
    void shouldEndEachJoinOnceWhicheverStepTheAgentDiesAt() {
        // given
        System.err.println("seed of the kills: " + seed);
        FailPointMarker marker = serveHolding(List.of(
                held("joining", "Host_PrepareHost", FailPosition.BEFORE),
                held("joining", "Node_AwaitReady", FailPosition.BEFORE),
                held("broken", "Host_Preflight", FailPosition.BEFORE),
                held("broken", "Host_StartKubelet", FailPosition.BEFORE),
                held("broken", "Host_ResetHost", FailPosition.AFTER),
                held("unwanted", "Host_Preflight", FailPosition.AFTER),
                held("unwanted", "Host_PrepareHost", FailPosition.AFTER),
                held("unwanted", "Csr_Decide", FailPosition.BEFORE).withDelay(UNDECIDED),
                held("unwanted", "Host_StartKubelet", FailPosition.AFTER),
                held("unwanted", "Host_ResetHost", FailPosition.BEFORE)));
        List<TestHost> machines = Parallel.run(List.<Supplier<TestHost>>of(
                () -> boot("joining", List.of("Preflight", "StartKubelet")),
                () -> boot("broken", List.of("PrepareHost", "ResetHost")),
                () -> boot("unwanted", List.of())));
        TestHost joining = machines.get(0);
        TestHost broken = machines.get(1);
        TestHost unwanted = machines.get(2);

        try (OutcomeLog outcomes = new OutcomeLog(bed.kafka().bootstrapServers());
                JoinRequestProducer producer =
                        new JoinRequestProducer(bed.kafka().bootstrapServers());
                ClusterView cluster = new ClusterView(bed.directories().adminKubeconfig())) {
            // when
            request(producer, joining, List.of());
            request(producer, broken, List.of());
            request(producer, unwanted, List.of("nodejoin.io/never"));
            Parallel.run(List.<Supplier<String>>of(
                    () -> joining.killedAt(marker, "Host_PrepareHost before", "Node_AwaitReady before"),
                    () -> broken.killedAt(
                            marker, "Host_Preflight before", "Host_StartKubelet before", "Host_ResetHost after"),
                    () -> {
                        unwanted.killedAt(marker, "Host_Preflight after", "Host_PrepareHost after");
                        awaitRequestOf(unwanted, outcomes, cluster);
                        unwanted.kills().now();
                        unwanted.killedAt(marker, "Host_StartKubelet after");
                        producer.send(
                                new JoinCancelRequested(SharedBed.CLUSTER, unwanted.node(), "scaled in", null),
                                unwanted.key());
                        return unwanted.killedAt(marker, "Host_ResetHost before");
                    }));

            // then
            JoinSucceeded joined = outcomes.awaitOutcome(joining.node(), JoinSucceeded.class);
            JoinFailed failed = outcomes.awaitOutcome(broken.node(), JoinFailed.class);
            JoinCancelled cancelled = outcomes.awaitOutcome(unwanted.node(), JoinCancelled.class);
            hasJoined(joining, joined, cluster);
            assertThat(failed.residue()).isEmpty();
            isAsBefore(broken, failed.joinId(), cluster);
            assertThat(cancelled.residue()).isEmpty();
            isAsBefore(unwanted, cancelled.joinId(), cluster);
            machines.forEach(AgentKilledE2E::wasKilled);
            assertThat(outcomes.milestones(joining.node())).containsExactly(JoinAccepted.class, JoinSucceeded.class);
            assertThat(outcomes.milestones(broken.node())).containsExactly(JoinAccepted.class, JoinFailed.class);
            assertThat(outcomes.milestones(unwanted.node())).containsExactly(JoinAccepted.class, JoinCancelled.class);
        }
    }

    private static FailPoint held(String node, String step, FailPosition position) {
        return FailPoint.first(step, position, FailAction.DELAY, workflow(node)).withDelay(HOLD_TIME);
    }

    private static String workflow(String node) {
        return NodeJoinWorkflow.workflowId(SharedBed.CLUSTER, new NodeName(node));
    }

    private FailPointMarker serveHolding(List<FailPoint> points) {
        FailPointMarker marker = new FailPointMarker(bed.directories().root().resolve("held"));
        bed.service().stop();
        bed.service().launch(FailPlan.SERVICE, new FailPlan(points, marker.file()).writeToEnvironment());
        bed.service().start();
        return marker;
    }

    private TestHost boot(String name, List<String> ambushes) {
        HostFixture fixture = HostFixture.create(name, false, random);
        HostSpec spec = HostSpec.named(name, fixture.secret()).withoutEarlyPreparation();
        Host host = booted.addHost(name.equals("broken") ? spec.with(HostFault.KUBELET_CANNOT_START) : spec);
        return new TestHost(
                fixture,
                host,
                HostState.read(host),
                new AgentKills(host, ambushes, new Random(seededRandom.nextLong())));
    }

    private static void request(JoinRequestProducer producer, TestHost machine, List<String> gates) {
        producer.send(
                machine.wish()
                        .requestBuilder(SharedBed.CLUSTER, machine.host().address())
                        .readyGates(gates)
                        .build(),
                machine.key());
    }

    private static void awaitRequestOf(TestHost machine, OutcomeLog outcomes, ClusterView cluster) {
        JoinId join = outcomes.awaitAccepted(machine.node()).joinId();
        await("certificate request of " + machine.node())
                .atMost(TIMEOUT)
                .until(() -> cluster.tokens(join).stream().anyMatch(cluster::hasRequestOf));
    }

    private static void hasJoined(TestHost machine, JoinSucceeded joined, ClusterView cluster) {
        assertThat(cluster.ready(machine.node())).containsExactly(joined.nodeUid());
        assertThat(machine.host()
                        .run("systemctl", "is-enabled", "kubelet.service")
                        .output())
                .isEqualTo("enabled\n");
        cluster.hasNoCredentialsOf(joined.joinId());
    }

    private static void isAsBefore(TestHost machine, JoinId join, ClusterView cluster) {
        assertThat(HostState.read(machine.host()).differencesFrom(machine.before()))
                .isEmpty();
        assertThat(cluster.node(machine.node())).isEmpty();
        cluster.hasNoCredentialsOf(join);
    }

    private static void wasKilled(TestHost machine) {
        AgentKills kills = machine.kills();
        assertThat(kills.made()).as("%s", kills.log()).isEqualTo(machine.expectedKills());
        assertThat(kills.deaths()).as("%s", kills.log()).isEqualTo(kills.made());
        assertThat(kills.missed()).as("%s", kills.log()).isEmpty();
        assertThat(machine.host().exists("/var/lib/kubelet/bootstrap-kubeconfig"))
                .isFalse();
        assertThat(machine.halfWritten()).isEmpty();
    }

    private record TestHost(HostFixture wish, Host host, HostState before, AgentKills kills) {
        NodeName node() {
            return wish.node();
        }

        String key() {
            return SharedBed.recordKey(node());
        }

        /** Kills its agent at one step after the other. */
        String killedAt(FailPointMarker marker, String... steps) {
            for (String step : steps) {
                kills.at(marker, step + " " + workflow(node().value()));
            }
            return node().value();
        }

        int expectedKills() {
            return node().value().equals("joining") ? 4 : 5;
        }

        /** What the agent writes beside a file before it takes its place. */
        List<String> halfWritten() {
            return host.run("find", "/etc", "/run", "/usr", "/var", "-xdev", "-name", ".*.nodejoin")
                    .output()
                    .lines()
                    .toList();
        }
    }
}

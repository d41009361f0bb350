package io.nodejoin.testbed.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.NodeName;
import io.nodejoin.protocol.join.JoinAccepted;
import io.nodejoin.protocol.join.JoinCancelRequested;
import io.nodejoin.protocol.join.JoinCancelled;
import io.nodejoin.protocol.join.JoinFailed;
import io.nodejoin.protocol.join.JoinSucceeded;
import io.nodejoin.testbed.TestBed;
import io.nodejoin.testbed.demo.HostWish;
import io.nodejoin.testbed.demo.JoinRequests;
import io.nodejoin.testbed.faults.Cut;
import io.nodejoin.testbed.faults.FailAction;
import io.nodejoin.testbed.faults.FailPlan;
import io.nodejoin.testbed.faults.FailPoint;
import io.nodejoin.testbed.faults.Marker;
import io.nodejoin.testbed.host.Fault;
import io.nodejoin.testbed.host.Host;
import io.nodejoin.testbed.host.HostSpec;
import io.nodejoin.testbed.process.Together;
import io.nodejoin.testbed.service.ServiceSettings;
import io.nodejoin.workflows.join.NodeJoinWorkflow;
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
    private static final Duration SOON = Duration.ofSeconds(60);
    /** Longer than it takes to see that a step is held, and to kill. */
    private static final Duration HELD = Duration.ofSeconds(4);
    /** A kubelet asks for its certificate in this time. */
    private static final Duration UNDECIDED = Duration.ofSeconds(10);

    private final SecureRandom random = new SecureRandom();
    private final long seed = random.nextLong();
    private final Random lots = new Random(seed);

    @RegisterExtension
    private final BootedBed booted = BootedBed.shared("agents that are killed are");

    private final TestBed bed = booted.bed();

    @AfterEach
    void holdNothingMore() {
        bed.service().serve(ServiceSettings.standard());
    }

    @Test
    void shouldEndEachJoinOnceWhicheverStepTheAgentDiesAt() {
        // given
        System.err.println("seed of the kills: " + seed);
        Marker marker = serveHolding(List.of(
                held("joining", "Host_PrepareHost", Cut.BEFORE),
                held("joining", "Node_AwaitReady", Cut.BEFORE),
                held("broken", "Host_Preflight", Cut.BEFORE),
                held("broken", "Host_StartKubelet", Cut.BEFORE),
                held("broken", "Host_ResetHost", Cut.AFTER),
                held("unwanted", "Host_Preflight", Cut.AFTER),
                held("unwanted", "Host_PrepareHost", Cut.AFTER),
                held("unwanted", "Certificate_Decide", Cut.BEFORE).holding(UNDECIDED),
                held("unwanted", "Host_StartKubelet", Cut.AFTER),
                held("unwanted", "Host_ResetHost", Cut.BEFORE)));
        List<Machine> machines = Together.run(List.<Supplier<Machine>>of(
                () -> boot("joining", List.of("Preflight", "StartKubelet")),
                () -> boot("broken", List.of("PrepareHost", "ResetHost")),
                () -> boot("unwanted", List.of())));
        Machine joining = machines.get(0);
        Machine broken = machines.get(1);
        Machine unwanted = machines.get(2);

        try (OutcomeLog outcomes = new OutcomeLog(bed.kafka().bootstrapServers());
                JoinRequests requests = new JoinRequests(bed.kafka().bootstrapServers());
                ClusterView cluster = new ClusterView(bed.directories().adminKubeconfig())) {
            // when
            request(requests, joining, List.of());
            request(requests, broken, List.of());
            request(requests, unwanted, List.of("nodejoin.io/never"));
            Together.run(List.<Supplier<String>>of(
                    () -> joining.killedAt(marker, "Host_PrepareHost before", "Node_AwaitReady before"),
                    () -> broken.killedAt(
                            marker, "Host_Preflight before", "Host_StartKubelet before", "Host_ResetHost after"),
                    () -> {
                        unwanted.killedAt(marker, "Host_Preflight after", "Host_PrepareHost after");
                        awaitRequestOf(unwanted, outcomes, cluster);
                        unwanted.kills().now();
                        unwanted.killedAt(marker, "Host_StartKubelet after");
                        requests.send(
                                new JoinCancelRequested(SharedBed.CLUSTER, unwanted.node(), "scaled in"),
                                unwanted.key());
                        return unwanted.killedAt(marker, "Host_ResetHost before");
                    }));

            // then
            JoinSucceeded joined = outcomes.awaitEnd(joining.node(), JoinSucceeded.class);
            JoinFailed failed = outcomes.awaitEnd(broken.node(), JoinFailed.class);
            JoinCancelled cancelled = outcomes.awaitEnd(unwanted.node(), JoinCancelled.class);
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

    private static FailPoint held(String node, String step, Cut cut) {
        return FailPoint.first(step, cut, FailAction.DELAY, workflow(node)).holding(HELD);
    }

    private static String workflow(String node) {
        return NodeJoinWorkflow.id(SharedBed.CLUSTER, new NodeName(node));
    }

    private Marker serveHolding(List<FailPoint> points) {
        Marker marker = new Marker(bed.directories().root().resolve("held"));
        bed.service().stop();
        bed.service().startFailing(new FailPlan(points, marker.file()));
        bed.service().start();
        return marker;
    }

    private Machine boot(String name, List<String> ambushes) {
        HostWish wish = HostWish.of(name, false, random);
        HostSpec spec = HostSpec.named(name, wish.secret());
        Host host = booted.addHost(name.equals("broken") ? spec.with(Fault.KUBELET_CANNOT_START) : spec);
        return new Machine(wish, host, HostState.of(host), new AgentKills(host, ambushes, new Random(lots.nextLong())));
    }

    private static void request(JoinRequests requests, Machine machine, List<String> gates) {
        requests.send(
                machine.wish()
                        .asking(SharedBed.CLUSTER, machine.host().address())
                        .readyGates(gates)
                        .build(),
                machine.key());
    }

    private static void awaitRequestOf(Machine machine, OutcomeLog outcomes, ClusterView cluster) {
        JoinId join = outcomes.awaitAccepted(machine.node()).joinId();
        await("certificate request of " + machine.node())
                .atMost(SOON)
                .until(() -> cluster.tokens(join).stream().anyMatch(cluster::isAskedFor));
    }

    private static void hasJoined(Machine machine, JoinSucceeded joined, ClusterView cluster) {
        assertThat(cluster.ready(machine.node())).containsExactly(joined.nodeUid());
        assertThat(machine.host()
                        .run("systemctl", "is-enabled", "kubelet.service")
                        .output())
                .isEqualTo("enabled\n");
        cluster.hasNoMeansOf(joined.joinId());
    }

    private static void isAsBefore(Machine machine, JoinId join, ClusterView cluster) {
        assertThat(HostState.of(machine.host()).differencesFrom(machine.before()))
                .isEmpty();
        assertThat(cluster.node(machine.node())).isEmpty();
        cluster.hasNoMeansOf(join);
    }

    private static void wasKilled(Machine machine) {
        AgentKills kills = machine.kills();
        assertThat(kills.made()).as("%s", kills.log()).isEqualTo(machine.expectedKills());
        assertThat(kills.deaths()).as("%s", kills.log()).isEqualTo(kills.made());
        assertThat(kills.missed()).as("%s", kills.log()).isEmpty();
        assertThat(machine.host().exists("/run/nodejoin/bootstrap-kubeconfig")).isFalse();
        assertThat(machine.halfWritten()).isEmpty();
    }

    private record Machine(HostWish wish, Host host, HostState before, AgentKills kills) {
        NodeName node() {
            return wish.node();
        }

        String key() {
            return SharedBed.key(node());
        }

        /** Kills its agent at one step after the other. */
        String killedAt(Marker marker, String... steps) {
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

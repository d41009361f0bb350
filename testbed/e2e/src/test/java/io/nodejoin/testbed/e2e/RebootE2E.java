package io.nodejoin.testbed.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.nodejoin.protocol.Phase;
import io.nodejoin.protocol.event.JoinAccepted;
import io.nodejoin.protocol.event.JoinCancelled;
import io.nodejoin.protocol.event.JoinFailed;
import io.nodejoin.protocol.event.JoinPhaseChanged;
import io.nodejoin.protocol.event.JoinRejected;
import io.nodejoin.protocol.event.JoinRevocationUnverified;
import io.nodejoin.protocol.event.JoinSucceeded;
import io.nodejoin.protocol.event.LeaveAccepted;
import io.nodejoin.protocol.event.LeaveFailed;
import io.nodejoin.protocol.event.LeaveSucceeded;
import io.nodejoin.protocol.event.LifecycleEvent.Outcome;
import io.nodejoin.testbed.TestBed;
import io.nodejoin.testbed.client.HostFixture;
import io.nodejoin.testbed.client.JoinRequestProducer;
import io.nodejoin.testbed.host.Host;
import io.nodejoin.testbed.host.HostSpec;
import io.nodejoin.testbed.process.Parallel;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.parallel.ResourceLock;

/** Machines that lose power in the middle of their join: it ends once, as Joined or with the host as it was. */
@Tag("real")
@Tag("hosts")
@ResourceLock(BootedBed.SHARED)
class RebootE2E {
    private final SecureRandom random = new SecureRandom();

    @RegisterExtension
    private final BootedBed booted = BootedBed.shared("machines that reboot are");

    private final TestBed bed = booted.bed();

    @Test
    void shouldEndOnceAndLeaveNothingHalfDone() {
        // given a cluster that signs no certificates for now, so that a join waits for its own
        HostFixture preparing = HostFixture.create("preparing", false, random);
        HostFixture waiting = HostFixture.create("waiting", false, random);
        List<Host> hosts = Parallel.run(List.<Supplier<Host>>of(() -> boot(preparing), () -> boot(waiting)));
        Host prepared = hosts.getFirst();
        Host waited = hosts.getLast();
        HostState preparedBefore = HostState.read(prepared);
        HostState waitedBefore = HostState.read(waited);
        bed.controlPlane().controllerManager().kill();
        int earlier = requests().size();

        try (OutcomeLog outcomes = new OutcomeLog(bed.kafka().bootstrapServers());
                JoinRequestProducer producer =
                        new JoinRequestProducer(bed.kafka().bootstrapServers());
                ClusterView cluster = new ClusterView(bed.directories().adminKubeconfig())) {
            producer.send(
                    waiting.joinRequest(SharedBed.CLUSTER, waited.address()), SharedBed.recordKey(waiting.node()));
            awaitRequests(earlier + 1);

            // when its machine loses power while its request is not signed, and that of another join, too
            reboot(waited);
            producer.send(
                    preparing.joinRequest(SharedBed.CLUSTER, prepared.address()),
                    SharedBed.recordKey(preparing.node()));
            outcomes.awaitPhase(preparing.node(), Phase.HostPrepared);
            reboot(prepared);
            bed.controlPlane().start();

            // then
            hasEndedOnce(preparing, prepared, preparedBefore, outcomes, cluster);
            hasEndedOnce(waiting, waited, waitedBefore, outcomes, cluster);
            assertThat(outcomes.awaitOutcomeOrRejection(waiting.node())).isInstanceOf(JoinSucceeded.class);
        }
    }

    private void awaitRequests(int least) {
        await(least + " requests for a certificate")
                .atMost(Duration.ofSeconds(60))
                .until(this::requests, made -> made.size() >= least);
    }

    private List<String> requests() {
        return bed.controlPlane()
                .kubectl("get", "certificatesigningrequests", "--no-headers")
                .run()
                .orFail()
                .output()
                .lines()
                .filter(line -> line.contains("system:bootstrap:"))
                .toList();
    }

    private static void reboot(Host host) {
        host.kill();
        host.start();
    }

    private static void hasEndedOnce(
            HostFixture fixture, Host host, HostState before, OutcomeLog outcomes, ClusterView cluster) {
        Outcome end = outcomes.awaitOutcomeOrRejection(fixture.node());
        System.err.println(fixture.node() + " after its reboot: " + end);
        switch (end) {
            case JoinSucceeded joined -> {
                assertThat(cluster.ready(fixture.node())).containsExactly(joined.nodeUid());
                assertThat(host.run("systemctl", "is-enabled", "kubelet.service")
                                .output())
                        .isEqualTo("enabled\n");
                cluster.hasNoCredentialsOf(joined.joinId());
            }
            case JoinFailed failed -> {
                assertThat(failed.residue()).noneMatch(left -> left.startsWith("Host"));
                assertThat(HostState.read(host).differencesFrom(before)).isEmpty();
                assertThat(cluster.node(fixture.node())).isEmpty();
                cluster.hasNoCredentialsOf(failed.joinId());
            }
            case JoinAccepted _,
                    JoinCancelled _,
                    JoinPhaseChanged _,
                    JoinRejected _,
                    JoinRevocationUnverified _,
                    LeaveAccepted _,
                    LeaveSucceeded _,
                    LeaveFailed _ -> throw new AssertionError("neither joined nor failed: " + end);
        }
        assertThat(host.exists("/var/lib/kubelet/bootstrap-kubeconfig")).isFalse();
        assertThat(outcomes.milestones(fixture.node())).containsExactly(JoinAccepted.class, end.getClass());
    }

    private Host boot(HostFixture fixture) {
        return booted.addHost(
                HostSpec.named(fixture.node().value(), fixture.secret()).withoutEarlyPreparation());
    }
}

package io.nodejoin.testbed.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.nodejoin.protocol.Phase;
import io.nodejoin.protocol.join.JoinAccepted;
import io.nodejoin.protocol.join.JoinCancelled;
import io.nodejoin.protocol.join.JoinEvent.Outcome;
import io.nodejoin.protocol.join.JoinFailed;
import io.nodejoin.protocol.join.JoinPhaseChanged;
import io.nodejoin.protocol.join.JoinRejected;
import io.nodejoin.protocol.join.JoinSucceeded;
import io.nodejoin.protocol.join.LeaveAccepted;
import io.nodejoin.protocol.join.LeaveFailed;
import io.nodejoin.protocol.join.LeaveSucceeded;
import io.nodejoin.testbed.TestBed;
import io.nodejoin.testbed.demo.HostWish;
import io.nodejoin.testbed.demo.JoinRequests;
import io.nodejoin.testbed.host.Host;
import io.nodejoin.testbed.host.HostSpec;
import io.nodejoin.testbed.process.Together;
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
@ResourceLock(BootedBed.SHARED)
class RebootE2E {
    private final SecureRandom random = new SecureRandom();

    @RegisterExtension
    private final BootedBed booted = BootedBed.shared("machines that reboot are");

    private final TestBed bed = booted.bed();

    @Test
    void shouldEndOnceAndLeaveNothingHalfDone() {
        // given a cluster that signs no certificates for now, so that a join waits for its own
        HostWish preparing = HostWish.of("preparing", false, random);
        HostWish waiting = HostWish.of("waiting", false, random);
        List<Host> hosts = Together.run(List.<Supplier<Host>>of(() -> boot(preparing), () -> boot(waiting)));
        Host prepared = hosts.getFirst();
        Host waited = hosts.getLast();
        HostState preparedBefore = HostState.of(prepared);
        HostState waitedBefore = HostState.of(waited);
        bed.controlPlane().controllerManager().kill();
        int earlier = requests().size();

        try (OutcomeLog outcomes = new OutcomeLog(bed.kafka().bootstrapServers());
                JoinRequests requests = new JoinRequests(bed.kafka().bootstrapServers());
                ClusterView cluster = new ClusterView(bed.directories().adminKubeconfig())) {
            requests.send(waiting.request(SharedBed.CLUSTER, waited.address()), SharedBed.key(waiting.node()));
            awaitRequests(earlier + 1);

            // when its machine loses the key that it has asked with, and that of another join loses power, too
            reboot(waited);
            awaitRequests(earlier + 2);
            requests.send(preparing.request(SharedBed.CLUSTER, prepared.address()), SharedBed.key(preparing.node()));
            outcomes.awaitPhase(preparing.node(), Phase.HostPrepared);
            reboot(prepared);
            bed.controlPlane().start();

            // then
            hasEndedOnce(preparing, prepared, preparedBefore, outcomes, cluster);
            hasEndedOnce(waiting, waited, waitedBefore, outcomes, cluster);
        }
    }

    /** More than these, too: a kubelet whose request was denied asks again until it is stopped. */
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
            HostWish wish, Host host, HostState before, OutcomeLog outcomes, ClusterView cluster) {
        Outcome end = outcomes.awaitAnswer(wish.node());
        System.err.println(wish.node() + " after its reboot: " + end);
        switch (end) {
            case JoinSucceeded joined -> {
                assertThat(cluster.ready(wish.node())).containsExactly(joined.nodeUid());
                assertThat(host.run("systemctl", "is-enabled", "kubelet.service")
                                .output())
                        .isEqualTo("enabled\n");
                cluster.hasNoMeansOf(joined.joinId());
            }
            case JoinFailed failed -> {
                assertThat(failed.residue()).noneMatch(left -> left.startsWith("Host"));
                assertThat(HostState.of(host).differencesFrom(before)).isEmpty();
                assertThat(cluster.node(wish.node())).isEmpty();
                cluster.hasNoMeansOf(failed.joinId());
            }
            case JoinAccepted _,
                    JoinCancelled _,
                    JoinPhaseChanged _,
                    JoinRejected _,
                    LeaveAccepted _,
                    LeaveSucceeded _,
                    LeaveFailed _ -> throw new AssertionError("neither joined nor failed: " + end);
        }
        assertThat(host.exists("/run/nodejoin/bootstrap-kubeconfig")).isFalse();
        assertThat(outcomes.milestones(wish.node())).containsExactly(JoinAccepted.class, end.getClass());
    }

    private Host boot(HostWish wish) {
        return booted.addHost(HostSpec.named(wish.node().value(), wish.secret()));
    }
}

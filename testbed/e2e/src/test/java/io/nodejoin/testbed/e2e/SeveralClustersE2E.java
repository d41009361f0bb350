package io.nodejoin.testbed.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.NodeName;
import io.nodejoin.protocol.event.JoinFailed;
import io.nodejoin.protocol.event.JoinSucceeded;
import io.nodejoin.protocol.event.LifecycleEvent.Outcome;
import io.nodejoin.testbed.SecondCluster;
import io.nodejoin.testbed.TestBed;
import io.nodejoin.testbed.client.HostFixture;
import io.nodejoin.testbed.client.OutcomeRecorder;
import io.nodejoin.testbed.config.BedMode;
import io.nodejoin.testbed.config.BedSettings;
import io.nodejoin.testbed.config.KubernetesRelease;
import io.nodejoin.testbed.controlplane.ControlPlane;
import io.nodejoin.testbed.service.NodejoinService;
import io.nodejoin.testbed.simulated.SimulatedHost.Fault;
import io.nodejoin.testbed.simulated.SimulatedHosts;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** One service for two clusters of different releases: what each has for itself. */
@Tag("full")
class SeveralClustersE2E {
    private static final ClusterName FIRST = SharedBed.CLUSTER;
    private static final ClusterName SECOND = SecondCluster.NAME;
    private static final KubernetesRelease OF_SECOND = KubernetesRelease.V1_36;
    private static final Duration TIMEOUT = Duration.ofMinutes(2);
    private static final Duration STOP = Duration.ofSeconds(10);

    private final SecureRandom random = new SecureRandom();
    private final TestBed other = TestBed.open(
            BedSettings.numbered("second", 10).withMode(BedMode.LOCAL).withKubernetes(OF_SECOND));
    private SharedBed bed;
    private SecondCluster second;
    private OutcomeRecorder outcomes;
    private SimulatedHosts hostsOfFirst;
    private SimulatedHosts hostsOfSecond;

    @BeforeEach
    void raise() {
        TestBed.unavailableReason(BedMode.LOCAL).ifPresent(reason -> Assumptions.abort("no test bed here: " + reason));
        other.down();
        other.upControlPlane();
        bed = SharedBed.raise(BedSettings.numbered("first", 16));
        outcomes = new OutcomeRecorder(bed.testBed().kafka().bootstrapServers());
        hostsOfFirst = hosts(FIRST, bed.testBed().controlPlane());
        hostsOfSecond = hosts(SECOND, other.controlPlane());
        second = new SecondCluster(bed.testBed(), other);
        second.prepare();
        restartWith(SecondCluster.uid(bed.testBed().controlPlane()), SecondCluster.uid(other.controlPlane()));
    }

    @AfterEach
    void takeDown() {
        if (bed != null) {
            hostsOfFirst.close();
            hostsOfSecond.close();
            outcomes.close();
            bed.close();
        }
        other.down();
    }

    @Test
    void shouldJoinNodesOfOneNameToTwoClustersAndKeepTheTroublesOfOneFromTheOther() {
        // given two machines of one name
        HostFixture inFirst = HostFixture.create("twin", false, random);
        HostFixture inSecond = HostFixture.create("twin", false, random);

        // when
        request(hostsOfFirst, FIRST, inFirst);
        request(hostsOfSecond, SECOND, inSecond);

        // then
        awaitEnd(FIRST, inFirst.node(), JoinSucceeded.class);
        awaitEnd(SECOND, inSecond.node(), JoinSucceeded.class);
        assertThat(isReady(bed.testBed().controlPlane(), inFirst.node())).isTrue();
        assertThat(isReady(other.controlPlane(), inSecond.node())).isTrue();

        // and when the second cluster is away
        other.controlPlane().apiServer().stop(STOP);
        HostFixture waiting = HostFixture.create("waiting", false, random);
        HostFixture unhindered = HostFixture.create("unhindered", false, random);
        request(hostsOfSecond, SECOND, waiting);
        await("word of the second cluster")
                .atMost(TIMEOUT)
                .until(() -> service().readiness().contains("[-] cluster second"));
        request(hostsOfFirst, FIRST, unhindered);

        // then the first one does not notice, and the second one's join ends once it is back
        awaitEnd(FIRST, unhindered.node(), JoinSucceeded.class);
        assertThat(service().readiness()).contains("[+] cluster testbed");
        assertThat(end(SECOND, waiting.node())).isEmpty();
        other.controlPlane().start();
        awaitEnd(SECOND, waiting.node(), JoinSucceeded.class);

        // and when the credentials are swapped
        restartWith(
                SecondCluster.uid(other.controlPlane()),
                SecondCluster.uid(bed.testBed().controlPlane()));
        HostFixture astray = HostFixture.create("astray", false, random);
        request(hostsOfFirst, FIRST, astray);

        // then neither cluster is touched
        assertThat(awaitEnd(FIRST, astray.node(), JoinFailed.class).reason()).isEqualTo(ErrorCode.CLUSTER_UID_MISMATCH);
        assertThat(service().readiness())
                .contains("[-] cluster testbed", "[-] cluster second", ErrorCode.CLUSTER_UID_MISMATCH.name());
        assertThat(nodes(bed.testBed().controlPlane())).doesNotContain("astray");
        assertThat(nodes(other.controlPlane())).doesNotContain("astray");
    }

    private NodejoinService service() {
        return bed.testBed().service();
    }

    /** Serves both clusters, which are to have these UIDs; other than theirs, it is as if their credentials were swapped. */
    private void restartWith(String uidOfFirst, String uidOfSecond) {
        service().stop();
        second.configure(SharedBed.settings(), uidOfFirst, uidOfSecond);
        service().launch();
        await("service").atMost(TIMEOUT).until(() -> service().readiness().contains("cluster second"));
    }

    private SimulatedHosts hosts(ClusterName cluster, ControlPlane controlPlane) {
        return new SimulatedHosts(bed.testBed(), cluster, controlPlane.version());
    }

    private void request(SimulatedHosts hosts, ClusterName cluster, HostFixture fixture) {
        hosts.boot(fixture.node(), fixture.secret(), Fault.NONE);
        bed.requests().send(fixture.joinRequest(cluster, SimulatedHosts.ADDRESS), key(cluster, fixture.node()));
    }

    private <T extends Outcome> T awaitEnd(ClusterName cluster, NodeName node, Class<T> kind) {
        Outcome end = await("end of " + key(cluster, node))
                .atMost(TIMEOUT)
                .until(() -> end(cluster, node), Optional::isPresent)
                .orElseThrow();
        assertThat(end).isInstanceOf(kind);
        return kind.cast(end);
    }

    private Optional<Outcome> end(ClusterName cluster, NodeName node) {
        return outcomes.received()
                .filter(received -> received.key().equals(key(cluster, node)))
                .map(received -> received.event())
                .filter(event -> event instanceof JoinSucceeded || event instanceof JoinFailed)
                .findFirst();
    }

    private static String key(ClusterName cluster, NodeName node) {
        return cluster + "/" + node;
    }

    private static boolean isReady(ControlPlane controlPlane, NodeName node) {
        return controlPlane
                .kubectl("get", "node", node.value(), "-o", "jsonpath={.status.conditions[?(@.type=='Ready')].status}")
                .run()
                .output()
                .equals("True");
    }

    private static String nodes(ControlPlane controlPlane) {
        return controlPlane.kubectl("get", "nodes", "-o", "name").run().orFail().output();
    }
}

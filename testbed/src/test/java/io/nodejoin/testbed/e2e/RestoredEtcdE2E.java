package io.nodejoin.testbed.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.Phase;
import io.nodejoin.protocol.join.JoinAccepted;
import io.nodejoin.protocol.join.JoinCancelRequested;
import io.nodejoin.protocol.join.JoinCancelled;
import io.nodejoin.protocol.join.JoinSucceeded;
import io.nodejoin.testbed.TestBed;
import io.nodejoin.testbed.controlplane.ControlPlane;
import io.nodejoin.testbed.demo.HostWish;
import io.nodejoin.testbed.e2e.ClusterView.Token;
import io.nodejoin.testbed.plan.BedMode;
import io.nodejoin.testbed.plan.BedSettings;
import io.nodejoin.testbed.process.SupervisedProcess;
import io.nodejoin.testbed.simulated.SimulatedHost.Fault;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A cluster that goes back to what it was, its revisions included, in a bed of its own. */
class RestoredEtcdE2E {
    private static final Duration PROMISED = Duration.ofSeconds(60);

    private SharedBed bed;

    @BeforeEach
    void raise() {
        TestBed.unavailableReason(BedMode.LOCAL).ifPresent(reason -> {
            System.err.println("restored backups of etcd are not tested: " + reason);
            Assumptions.abort("no test bed here: " + reason);
        });
        bed = SharedBed.raise(BedSettings.numbered("restored", 19));
    }

    @AfterEach
    void close() {
        if (bed != null) {
            bed.close();
        }
    }

    @Test
    void shouldRevokeATokenThatABackupBringsBackAndServeTheNextJoin() {
        // given a backup from the middle of a join that has ended since
        HostWish wish = bed.underWay("restored", Fault.KUBELET_HESITATES, Phase.KubeletStarted);
        JoinId join = bed.outcomes().awaitAccepted(wish.node()).joinId();
        List<String> tokens = bed.cluster().liveTokens(join);
        ControlPlane cluster = bed.parts().controlPlane();
        Path backup = bed.parts().directories().root().resolve("backup");
        whileStopped(cluster, () -> cluster.backUp(backup));
        bed.requests()
                .send(new JoinCancelRequested(SharedBed.CLUSTER, wish.node(), "scaled in"), SharedBed.key(wish.node()));
        bed.outcomes().awaitEnd(wish.node(), JoinCancelled.class);
        bed.cluster().hasNoMeansOf(join);
        SupervisedProcess service = bed.parts().service().process();
        service.freeze();

        // when
        whileStopped(cluster, () -> cluster.restore(backup));
        assertThat(bed.cluster().liveTokens(join)).hasSize(1).isEqualTo(tokens);
        service.resume();

        // then
        await("the end of the token that came back")
                .atMost(PROMISED)
                .until(() -> bed.cluster().liveTokens(join), List::isEmpty);
        bed.cluster().hasNoTokenOf(join);
        HostWish next = bed.wish("next");
        bed.boot(next, Fault.NONE);
        bed.request(next);
        JoinSucceeded joined = bed.outcomes().awaitEnd(next.node(), JoinSucceeded.class);
        bed.cluster().hasNoMeansOf(joined.joinId());
        assertThat(bed.outcomes().milestones(wish.node())).containsExactly(JoinAccepted.class, JoinCancelled.class);
    }

    @Test
    void shouldKeepTheNodeOfAJoinThatHadSucceededAndWhoseTokenABackupBringsBack() {
        // given a backup from when its Node was Ready and its token not burnt yet
        SupervisedProcess signer = bed.parts().controlPlane().controllerManager();
        SupervisedProcess service = bed.parts().service().process();
        signer.freeze();
        HostWish wish = bed.underWay("kept", Fault.NONE, Phase.KubeletStarted);
        JoinId join = bed.outcomes().awaitAccepted(wish.node()).joinId();
        Token token = bed.cluster().awaitTokens(join).iterator().next();
        await("the approval").atMost(PROMISED).until(() -> bed.cluster().decisions(token), found -> !found.isEmpty());
        service.freeze();
        signer.resume();
        await("the Node").atMost(PROMISED).until(() -> bed.cluster().ready(wish.node()), found -> !found.isEmpty());
        ControlPlane cluster = bed.parts().controlPlane();
        Path backup = bed.parts().directories().root().resolve("backup");
        whileStopped(cluster, () -> cluster.backUp(backup));
        service.resume();
        JoinSucceeded joined = bed.outcomes().awaitEnd(wish.node(), JoinSucceeded.class);
        bed.settleEnded(wish);
        bed.cluster().hasNoMeansOf(join);
        service.freeze();

        // when
        whileStopped(cluster, () -> cluster.restore(backup));
        assertThat(bed.cluster().liveTokens(join)).containsExactly(token.id());
        service.resume();

        // then
        await("the end of the token that came back")
                .atMost(PROMISED)
                .until(() -> bed.cluster().liveTokens(join), List::isEmpty);
        await("the end of the entries that came back")
                .atMost(PROMISED.multipliedBy(3))
                .until(() -> bed.cluster().ledgered(join), List::isEmpty);
        assertThat(bed.cluster().ready(wish.node())).containsExactly(joined.nodeUid());
        assertThat(bed.outcomes().milestones(wish.node())).containsExactly(JoinAccepted.class, JoinSucceeded.class);
    }

    private static void whileStopped(ControlPlane cluster, Runnable action) {
        cluster.stop();
        action.run();
        cluster.start();
    }
}

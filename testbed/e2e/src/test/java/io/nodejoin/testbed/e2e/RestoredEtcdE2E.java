package io.nodejoin.testbed.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.Phase;
import io.nodejoin.protocol.event.JoinAccepted;
import io.nodejoin.protocol.event.JoinCancelRequested;
import io.nodejoin.protocol.event.JoinCancelled;
import io.nodejoin.protocol.event.JoinSucceeded;
import io.nodejoin.testbed.TestBed;
import io.nodejoin.testbed.client.HostFixture;
import io.nodejoin.testbed.config.BedMode;
import io.nodejoin.testbed.config.BedSettings;
import io.nodejoin.testbed.controlplane.ControlPlane;
import io.nodejoin.testbed.e2e.ClusterView.Token;
import io.nodejoin.testbed.process.SupervisedProcess;
import io.nodejoin.testbed.simulated.SimulatedHost.Fault;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A cluster that goes back to what it was, its revisions included, in a bed of its own. */
@Tag("full")
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
    void shouldRevokeTheTokensThatABackupBringsBackKeepTheNodeOfTheJoinThatHadSucceededAndServeTheNextJoin() {
        // given a backup from when the token of one join was out, and the Node of another was Ready and its token not
        // burnt yet
        SupervisedProcess signer = bed.testBed().controlPlane().controllerManager();
        SupervisedProcess service = bed.testBed().service().process();
        signer.pause();
        HostFixture cancelled = bed.startJoin("cancelled", Fault.KUBELET_HANGS_ONCE, Phase.TokenIssued);
        HostFixture kept = bed.startJoin("kept", Fault.NONE, Phase.TokenIssued);
        JoinId ended = bed.outcomes().awaitAccepted(cancelled.node()).joinId();
        JoinId succeeded = bed.outcomes().awaitAccepted(kept.node()).joinId();
        List<String> tokens = bed.cluster().liveTokens(ended);
        Token token = bed.cluster().awaitTokens(succeeded).iterator().next();
        await("the approval").atMost(PROMISED).until(() -> bed.cluster().decisions(token), found -> !found.isEmpty());
        service.pause();
        signer.resume();
        await("the Node").atMost(PROMISED).until(() -> bed.cluster().ready(kept.node()), found -> !found.isEmpty());
        ControlPlane cluster = bed.testBed().controlPlane();
        Path backup = bed.testBed().directories().root().resolve("backup");
        whileStopped(cluster, () -> cluster.snapshotEtcd(backup));
        service.resume();

        // and both joins have ended since
        bed.requests()
                .send(
                        new JoinCancelRequested(SharedBed.CLUSTER, cancelled.node(), "scaled in", null),
                        SharedBed.recordKey(cancelled.node()));
        bed.outcomes().awaitOutcome(cancelled.node(), JoinCancelled.class);
        JoinSucceeded joined = bed.outcomes().awaitOutcome(kept.node(), JoinSucceeded.class);
        bed.awaitQuiescence(kept);
        bed.cluster().hasNoCredentialsOf(ended);
        bed.cluster().hasNoCredentialsOf(succeeded);
        service.pause();

        // when
        whileStopped(cluster, () -> cluster.restoreEtcd(backup));
        assertThat(bed.cluster().liveTokens(ended)).hasSize(1).isEqualTo(tokens);
        assertThat(bed.cluster().liveTokens(succeeded)).containsExactly(token.id());
        service.resume();

        // then
        await("the end of the tokens that came back")
                .atMost(PROMISED)
                .until(() -> bed.cluster().liveTokens(ended).isEmpty()
                        && bed.cluster().liveTokens(succeeded).isEmpty());
        bed.cluster().hasNoTokenOf(ended);
        HostFixture next = bed.newHost("next");
        bed.boot(next, Fault.NONE);
        bed.request(next);
        bed.cluster()
                .hasNoCredentialsOf(bed.outcomes()
                        .awaitOutcome(next.node(), JoinSucceeded.class)
                        .joinId());
        await("the end of the entries that came back")
                .atMost(PROMISED.multipliedBy(3))
                .until(() -> bed.cluster().ledgerEntries(succeeded), List::isEmpty);
        assertThat(bed.cluster().ready(kept.node())).containsExactly(joined.nodeUid());
        assertThat(bed.outcomes().milestones(kept.node())).containsExactly(JoinAccepted.class, JoinSucceeded.class);
        assertThat(bed.outcomes().milestones(cancelled.node()))
                .containsExactly(JoinAccepted.class, JoinCancelled.class);
    }

    private static void whileStopped(ControlPlane cluster, Runnable action) {
        cluster.stop();
        action.run();
        cluster.start();
    }
}

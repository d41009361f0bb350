package io.nodejoin.testbed.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.Phase;
import io.nodejoin.protocol.join.JoinAccepted;
import io.nodejoin.protocol.join.JoinCancelRequested;
import io.nodejoin.protocol.join.JoinCancelled;
import io.nodejoin.protocol.join.JoinFailed;
import io.nodejoin.protocol.join.JoinSucceeded;
import io.nodejoin.testbed.demo.HostWish;
import io.nodejoin.testbed.process.SupervisedProcess;
import io.nodejoin.testbed.simulated.SimulatedHost.Fault;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.ResourceLock;

/** Joins whose workflow is taken away while a host holds their token: nobody signs its certificate meanwhile. */
@Tag("real")
@ExtendWith(BedExtension.class)
@ResourceLock(SharedBed.LOCK)
class JanitorE2E {
    private static final Duration PROMISED = Duration.ofSeconds(60);

    private final SharedBed bed;
    private final SupervisedProcess signer;

    JanitorE2E(SharedBed bed) {
        this.bed = bed;
        this.signer = bed.parts().controlPlane().controllerManager();
    }

    @BeforeEach
    void stopTheSigner() {
        signer.freeze();
    }

    @AfterEach
    void startTheSignerAndTheService() {
        signer.resume();
        bed.parts().service().start();
    }

    @Test
    void shouldTakeBackAndTellAJoinThatWasTerminatedInItsMiddle() {
        // given
        HostWish wish = joinWithALiveToken("terminated");

        // when
        bed.histories().terminate(wish.node());

        // then
        isTakenBackAndTold(wish);
    }

    @Test
    void shouldTakeBackAndTellAJoinThatTemporalHasLost() {
        // given
        HostWish wish = joinWithALiveToken("lost");

        // when
        bed.parts().temporal().stop();
        bed.parts().temporal().lose();
        bed.parts().temporal().start();

        // then
        isTakenBackAndTold(wish);
        awaitReadiness();
    }

    @Test
    void shouldTakeBackAndTellAJoinWhoseNamespaceWasDeletedAndServeTheNextOneInANewNamespace() {
        // given
        HostWish wish = joinWithALiveToken("unspaced");
        bed.parts().temporal().deleteNamespace();
        isTakenBackAndTold(wish);
        await("readiness that names the namespace")
                .atMost(PROMISED)
                .until(bed::readiness, text -> text.contains("[-] temporal: Temporal has no namespace"));
        signer.resume();
        HostWish next = bed.wish("respaced");
        bed.boot(next, Fault.NONE);
        bed.request(next);

        // when
        bed.parts().temporal().makeNamespace();

        // then
        bed.outcomes().awaitEnd(next.node(), JoinSucceeded.class);
        awaitReadiness();
    }

    @Test
    void shouldLeaveAloneAJoinThatWasResetWhileOneJanitorFollowsAnother() {
        // given a view of the first run in the ledger
        HostWish wish = joinWithALiveToken("reset");
        JoinId join = accepted(wish).joinId();
        List<String> tokens = bed.cluster().liveTokens(join);
        bed.histories().resetToItsEnd(wish.node());

        // when
        bed.parts().service().process().kill();
        try (StandbyJanitor standby = StandbyJanitor.beside(bed)) {
            standby.awaitSweeps();

            // then
            assertThat(standby.revoked()).isZero();
            assertThat(bed.cluster().liveTokens(join)).hasSize(1).isEqualTo(tokens);
            bed.parts().service().start();
            signer.resume();
            bed.outcomes().awaitEnd(wish.node(), JoinSucceeded.class);
        }
        bed.settleEnded(wish);
        assertThat(bed.histories().runs(wish.node())).hasSize(2);
        assertThat(bed.cluster().tokens(join)).hasSize(1);
        assertThat(bed.outcomes().milestones(wish.node())).containsExactly(JoinAccepted.class, JoinSucceeded.class);
    }

    @Test
    void shouldHaveOneTokenAtATimeAndOneEndWhenAJoinIsResetToItsBeginning() {
        // given
        HostWish wish = joinWithALiveToken("again");
        JoinId join = accepted(wish).joinId();
        String first = bed.cluster().liveTokens(join).getFirst();

        // when
        bed.histories().resetToItsBeginning(wish.node());

        // then
        await("the token of the new run")
                .atMost(PROMISED)
                .until(() -> bed.cluster().tokens(join).size(), tokens -> tokens == 2);
        assertThat(bed.cluster().liveTokens(join)).hasSize(1).doesNotContain(first);
        bed.requests()
                .send(new JoinCancelRequested(SharedBed.CLUSTER, wish.node(), "seen"), SharedBed.key(wish.node()));
        bed.outcomes().awaitEnd(wish.node(), JoinCancelled.class);
        bed.settleEnded(wish);
        bed.cluster().hasNoTokenOf(join);
        assertThat(bed.outcomes().milestones(wish.node()))
                .filteredOn(milestone -> milestone != JoinAccepted.class)
                .containsExactly(JoinCancelled.class);
    }

    private HostWish joinWithALiveToken(String name) {
        HostWish wish = bed.underWay(name, Fault.NONE, Phase.KubeletStarted);
        assertThat(bed.cluster().ledgered(accepted(wish).joinId())).hasSize(2);
        return wish;
    }

    private void isTakenBackAndTold(HostWish wish) {
        Instant lost = Instant.now();
        JoinFailed end = bed.outcomes().awaitEnd(wish.node(), JoinFailed.class);
        assertThat(Duration.between(lost, Instant.now())).isLessThan(PROMISED);
        assertThat(end.reason()).isEqualTo(ErrorCode.TERMINATED);
        assertThat(end.replaceHost()).isTrue();
        bed.cluster().hasNoTokenOf(end.joinId());
        await("the end of the owed outcome")
                .atMost(PROMISED)
                .until(() -> bed.cluster().ledgered(end.joinId()).stream().noneMatch(entry -> entry.contains("join-")));
        assertThat(bed.cluster().node(wish.node())).isEmpty();
        String machine = bed.cluster().heldFor(wish.node()).orElseThrow();
        assertThat(end.residue())
                .anyMatch(line -> line.startsWith("Name: ") && line.endsWith(" on machine " + machine));
        assertThat(bed.outcomes().milestones(wish.node())).containsExactly(JoinAccepted.class, JoinFailed.class);
    }

    private void awaitReadiness() {
        await("readiness of all")
                .atMost(PROMISED)
                .until(bed::readiness, text -> !text.isEmpty() && !text.contains("[-]"));
    }

    private JoinAccepted accepted(HostWish wish) {
        return bed.outcomes().awaitAccepted(wish.node());
    }
}

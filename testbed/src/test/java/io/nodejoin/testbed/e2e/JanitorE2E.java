package io.nodejoin.testbed.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.Phase;
import io.nodejoin.protocol.join.JoinAccepted;
import io.nodejoin.protocol.join.JoinFailed;
import io.nodejoin.testbed.demo.HostWish;
import io.nodejoin.testbed.process.SupervisedProcess;
import io.nodejoin.testbed.simulated.SimulatedHost.Fault;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Joins whose workflow is taken away while a host holds their token: nobody signs its certificate meanwhile. */
@ExtendWith(BedExtension.class)
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
    void startTheSigner() {
        signer.resume();
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
        bed.parts().service().stop();
        bed.parts().service().start();
    }

    private HostWish joinWithALiveToken(String name) {
        HostWish wish = bed.wish(name);
        bed.boot(wish, Fault.NONE);
        bed.request(wish);
        bed.outcomes().awaitPhase(wish.node(), Phase.KubeletStarted);
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
        assertThat(bed.outcomes().milestones(wish.node())).containsExactly(JoinAccepted.class, JoinFailed.class);
    }

    private JoinAccepted accepted(HostWish wish) {
        return bed.outcomes().awaitAccepted(wish.node());
    }
}

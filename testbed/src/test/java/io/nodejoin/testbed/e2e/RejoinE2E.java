package io.nodejoin.testbed.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.Phase;
import io.nodejoin.protocol.join.JoinAccepted;
import io.nodejoin.protocol.join.JoinFailed;
import io.nodejoin.protocol.join.JoinRequested;
import io.nodejoin.protocol.join.JoinSucceeded;
import io.nodejoin.protocol.join.PhaseTime;
import io.nodejoin.testbed.demo.HostWish;
import io.nodejoin.testbed.simulated.SimulatedHost;
import io.nodejoin.testbed.simulated.SimulatedHost.Fault;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.api.parallel.ResourceAccessMode;
import org.junit.jupiter.api.parallel.ResourceLock;

@Tag("real")
@ExtendWith(BedExtension.class)
@ResourceLock(value = SharedBed.LOCK, mode = ResourceAccessMode.READ)
class RejoinE2E {
    /** The cluster signs for a year. */
    private static final Duration BEYOND_CERTIFICATES = Duration.ofDays(800);

    private static final Duration SOON = Duration.ofSeconds(60);

    private final SharedBed bed;

    RejoinE2E(SharedBed bed) {
        this.bed = bed;
    }

    @Test
    @Execution(ExecutionMode.CONCURRENT)
    void shouldEndARequestForTheNodeThatItMadeAlreadyAsJoinedWithoutAToken() {
        // given
        HostWish wish = bed.wish("present");
        bed.boot(wish, Fault.NONE);
        bed.request(wish);
        JoinSucceeded first = bed.outcomes().awaitEnd(wish.node(), JoinSucceeded.class);

        // when
        bed.request(wish);

        // then
        JoinSucceeded second = bed.outcomes().awaitSecondEnd(wish.node(), JoinSucceeded.class);
        assertThat(second.alreadyJoined()).isTrue();
        assertThat(second.joinId()).isNotEqualTo(first.joinId());
        assertThat(second.nodeUid()).isEqualTo(first.nodeUid());
        assertThat(second.phases()).extracting(PhaseTime::phase).containsExactly(Phase.Requested, Phase.Joined);
        bed.settleEnded(wish);
        assertThat(bed.cluster().tokens(second.joinId())).isEmpty();
        assertThat(bed.cluster().ready(wish.node())).containsExactly(first.nodeUid());
    }

    @Test
    @Execution(ExecutionMode.CONCURRENT)
    void shouldTellARequestOfAnotherSecretNothingButThatTheNameIsInUse() {
        // given
        HostWish wish = bed.wish("occupied");
        bed.boot(wish, Fault.NONE);
        bed.request(wish);
        JoinSucceeded first = bed.outcomes().awaitEnd(wish.node(), JoinSucceeded.class);

        // when
        bed.request(bed.namesake(wish));

        // then
        JoinFailed second = bed.outcomes().awaitSecondEnd(wish.node(), JoinFailed.class);
        assertThat(second.reason()).isEqualTo(ErrorCode.NODE_NAME_IN_USE);
        assertThat(second.detail()).isEqualTo("a Node named " + wish.node() + " exists");
        assertThat(bed.cluster().ready(wish.node())).containsExactly(first.nodeUid());
    }

    @Test
    @Execution(ExecutionMode.CONCURRENT)
    void shouldReplaceTheNodeOfAMachineWhoseRejoinIsDeclared() {
        // given
        HostWish wish = bed.wish("repaired");
        SimulatedHost host = bed.boot(wish, Fault.NONE);
        bed.request(wish);
        JoinSucceeded first = bed.outcomes().awaitEnd(wish.node(), JoinSucceeded.class);

        // when
        bed.requests().send(rejoin(wish), SharedBed.key(wish.node()));

        // then
        JoinSucceeded second = bed.outcomes().awaitSecondEnd(wish.node(), JoinSucceeded.class);
        assertThat(second.nodeUid()).isNotEqualTo(first.nodeUid());
        assertThat(second.alreadyJoined()).isNull();
        assertThat(bed.cluster().ready(wish.node())).containsExactly(second.nodeUid());
        assertThat(bed.cluster().awaitTokens(second.joinId())).hasSize(1);
        bed.cluster().hasNoMeansOf(second.joinId());
        assertThat(host.residue()).isNotEmpty();
    }

    @Test
    @Execution(ExecutionMode.CONCURRENT)
    void shouldNotReplaceTheNodeOfAnotherMachine() {
        // given
        HostWish wish = bed.wish("mistaken");
        bed.boot(wish, Fault.NONE);
        bed.request(wish);
        JoinSucceeded first = bed.outcomes().awaitEnd(wish.node(), JoinSucceeded.class);
        HostWish other = bed.namesake(wish);
        SimulatedHost newcomer = bed.boot(other, Fault.NONE);

        // when
        bed.requests().send(rejoin(other), SharedBed.key(other.node()));

        // then
        JoinFailed second = bed.outcomes().awaitSecondEnd(wish.node(), JoinFailed.class);
        assertThat(second.reason()).isEqualTo(ErrorCode.NODE_NAME_IN_USE);
        assertThat(second.detail()).contains("of another machine");
        assertThat(bed.cluster().tokens(second.joinId())).isEmpty();
        assertThat(bed.cluster().ready(wish.node())).containsExactly(first.nodeUid());
        assertThat(newcomer.residue()).isEmpty();
    }

    @Test
    @Execution(ExecutionMode.CONCURRENT)
    void shouldTakeBackAMachineWhoseCertificateEndedWhileItWasOffAndOnlyThen() throws InterruptedException {
        // given a clock that is ahead on a machine whose kubelet lives
        HostWish wish = bed.wish("sleeper");
        SimulatedHost host = bed.boot(wish, Fault.NONE);
        bed.request(wish);
        JoinSucceeded first = bed.outcomes().awaitEnd(wish.node(), JoinSucceeded.class);
        boolean early = host.watch(Duration.ZERO);
        boolean alive = host.watch(BEYOND_CERTIFICATES);
        host.stopKubelet();
        bed.meddler().silence(wish.node());

        // when its timer fires, until it draws to ask again, and goes on firing
        await("comeback of " + wish.node())
                .atMost(SOON)
                .pollInterval(Duration.ofSeconds(1))
                .until(() -> host.watch(BEYOND_CERTIFICATES) && accepted(wish) == 2);

        // then
        JoinSucceeded second = bed.outcomes().awaitSecondEnd(wish.node(), JoinSucceeded.class);
        assertThat(early).isTrue();
        assertThat(alive).isFalse();
        assertThat(accepted(wish)).isEqualTo(2);
        assertThat(second.nodeUid()).isNotEqualTo(first.nodeUid());
        assertThat(second.joinId()).isNotEqualTo(first.joinId());
        assertThat(bed.cluster().ready(wish.node())).containsExactly(second.nodeUid());
        assertThat(bed.cluster().labels(wish.node())).containsEntry("nodejoin.io/e2e", "true");
    }

    private long accepted(HostWish wish) {
        return bed.outcomes().of(wish.node()).stream()
                .filter(JoinAccepted.class::isInstance)
                .count();
    }

    private static JoinRequested rejoin(HostWish wish) {
        return SharedBed.asking(wish).rejoin(true).build();
    }
}

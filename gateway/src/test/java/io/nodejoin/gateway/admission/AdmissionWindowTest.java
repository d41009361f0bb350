package io.nodejoin.gateway.admission;

import static org.assertj.core.api.Assertions.assertThat;

import io.nodejoin.gateway.Samples;
import io.nodejoin.gateway.config.AdmissionSettings;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.PoolName;
import io.nodejoin.protocol.time.ManualScheduler;
import io.nodejoin.workflows.node.NodeRef;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A window of four joins, in virtual time. */
class AdmissionWindowTest {
    private static final int SIZE = 4;

    private final ManualScheduler time = new ManualScheduler();
    private final AdmissionSettings settings = AdmissionSettings.of(SIZE);
    private final AdmissionWindow window = new AdmissionWindow(node(0).cluster(), settings, time::nanoTime);
    private final List<Integer> woken = new ArrayList<>();

    @Test
    void shouldAdmitWhileThereIsRoomAndHaveTheNextOneWait() {
        // given
        fill();
        // when
        Turn next = enter(9);
        // then
        assertThat(next.isAdmitted()).isFalse();
        assertThat(window.countActive()).isEqualTo(SIZE);
        assertThat(window.countWaiting()).isEqualTo(1);
        assertThat(window.waitReason(node(9)))
                .contains("waits for its turn: 4 joins of cluster prod are under way, 0 wait before it");
    }

    @Test
    void shouldHaveAJoinLearnNowAndThenThatItsAgentWaits() {
        // given
        fill();
        List<Integer> minutes = new ArrayList<>();
        // when the agent asks again and again
        for (int half = 0; half <= 10; half++) {
            try (Turn turn = enter(9)) {
                if (turn.takeReport()) {
                    minutes.add(half / 2);
                }
            }
            time.advance(Duration.ofSeconds(30));
        }
        // then
        assertThat(minutes).containsExactly(2, 4);
    }

    @Test
    void shouldWakeTheNextOneWhenAKubeletIsActive() {
        // given
        fill();
        Turn next = enter(9);
        // when
        window.ended(node(0));
        // then
        assertThat(next.isAdmitted()).isTrue();
        assertThat(woken).endsWith(9);
        assertThat(window.waitReason(node(9))).isEmpty();
    }

    @Test
    void shouldGiveTheSlotOfARefusedProofBackAtOnce() {
        // given
        Turn refused = enter(0);
        for (int join = 1; join < SIZE; join++) {
            begin(join);
        }
        Turn next = enter(9);
        // when
        refused.close();
        // then
        assertThat(next.isAdmitted()).isTrue();
    }

    @Test
    void shouldKeepTheSlotWhileAnotherProofOfTheNodeIsHandedOver() {
        // given a stranger and the machine itself
        Turn stranger = enter(0);
        Turn machine = enter(0);
        // when
        stranger.close();
        // then
        assertThat(machine.isAdmitted()).isTrue();
        assertThat(window.countActive()).isEqualTo(1);
    }

    @Test
    void shouldKeepThePlaceOfAnAgentThatAsksAgain() {
        // given
        fill();
        enter(8).close();
        enter(9);
        time.advance(Duration.ofSeconds(2));
        // when
        Turn again = enter(8);
        // then
        window.ended(node(0));
        assertThat(again.isAdmitted()).isTrue();
    }

    @Test
    void shouldNotAdmitAPlaceWhoseAgentIsNotThere() {
        // given
        fill();
        enter(8).close();
        Turn here = enter(9);
        // when
        window.ended(node(0));
        // then
        assertThat(here.isAdmitted()).isTrue();
        assertThat(window.countActive()).isEqualTo(SIZE);
    }

    @Test
    void shouldDropThePlaceOfAnAgentThatIsGone() {
        // given
        fill();
        enter(8).close();
        time.advance(settings.placeKept().plusMillis(1));
        // when
        window.removeExpired();
        // then
        assertThat(window.countWaiting()).isZero();
    }

    @Test
    void shouldBoundThePlaces() {
        // given
        fill();
        for (int node = 0; node < settings.maxPlaces(); node++) {
            enter(100 + node).close();
        }
        // when
        Turn surplus = enter(99_999);
        // then
        assertThat(surplus.isAdmitted()).isFalse();
        assertThat(window.countWaiting()).isEqualTo(settings.maxPlaces());
    }

    @Test
    void shouldStartAJoinWithItsProofOnlyIfNobodyWaitsAndThereIsRoom() {
        // given
        boolean first = window.tryAdmit(request(0));
        window.bound(node(0));
        for (int join = 1; join < SIZE; join++) {
            begin(join);
        }
        // when
        boolean full = window.tryAdmit(request(9));
        // then
        assertThat(first).isTrue();
        assertThat(full).isFalse();
        assertThat(window.countActive()).isEqualTo(SIZE);
    }

    @Test
    void shouldGiveTheSlotOfAStartBackThatFailed() {
        // given
        window.tryAdmit(request(0));
        time.advance(settings.startTimeout().plusMillis(1));
        // when
        window.removeExpired();
        // then
        assertThat(window.countActive()).isZero();
    }

    @Test
    void shouldAdmitAgainWhoseJoinIsUnderWay() {
        // given
        fill();
        // when
        Turn again = enter(0);
        // then
        assertThat(again.isAdmitted()).isTrue();
        again.close();
        assertThat(window.countActive()).isEqualTo(SIZE);
    }

    @Test
    void shouldFreeTheSlotAfterTheTimeLimit() {
        // given
        fill();
        for (int join = 0; join < SIZE; join++) {
            window.commandArrived(node(join));
        }
        Turn next = enter(9);
        time.advance(settings.maxActive().plusMillis(1));
        // when
        window.removeExpired();
        // then
        assertThat(next.isAdmitted()).isTrue();
    }

    @Test
    void shouldCountAJoinThatBeganElsewhereWhileItsCommandRuns() {
        // given
        ActiveJoin resumed = window.commandArrived(node(0));
        window.commandRuns(resumed);
        int during = window.countActive();
        // when
        window.commandEnded(node(0), resumed, false);
        // then
        assertThat(during).isEqualTo(1);
        assertThat(window.countActive()).isZero();
    }

    @Test
    void shouldAdmitAJoinBesideMachinesThatAreOffWhileTheirCommandsAreSentAgain() {
        // given
        for (int off = 0; off < SIZE; off++) {
            window.commandArrived(node(off));
        }
        // when
        Turn next = enter(9);
        // then
        assertThat(next.isAdmitted()).isTrue();
    }

    @Test
    void shouldFreeTheSlotOfAMachineThatStopsRespondingAmidItsJoin() {
        // given
        fill();
        ActiveJoin silent = window.commandArrived(node(0));
        Turn next = enter(9);
        // when
        window.commandLost(node(0), silent);
        // then
        assertThat(next.isAdmitted()).isTrue();
    }

    @Test
    void shouldKeepAJoinWhoseCommandIsLostWhileAnotherDeliveryOfItRuns() {
        // given
        begin(0);
        ActiveJoin join = window.commandArrived(node(0));
        window.commandArrived(node(0));
        // when
        window.commandLost(node(0), join);
        // then
        assertThat(window.countActive()).isEqualTo(1);
    }

    @Test
    void shouldKeepAnAdmittedJoinBetweenItsCommandsUntilTheLastOne() {
        // given
        begin(0);
        ActiveJoin first = window.commandArrived(node(0));
        window.commandEnded(node(0), first, false);
        int between = window.countActive();
        ActiveJoin last = window.commandArrived(node(0));
        // when
        window.commandEnded(node(0), last, true);
        // then
        assertThat(between).isEqualTo(1);
        assertThat(window.countActive()).isZero();
    }

    @Test
    void shouldProbeAClusterThatDoesNotRespondUntilItDoes() {
        // given
        fill();
        Turn first = enter(8);
        Turn second = enter(9);
        time.advance(settings.silence().plusMillis(1));
        window.removeExpired();
        String reason = window.waitReason(node(8)).orElseThrow();
        boolean broken = window.isBroken();
        // when
        time.advance(settings.probeInterval());
        window.removeExpired();
        // then
        assertThat(broken).isTrue();
        assertThat(reason).isEqualTo("cluster prod does not respond, one join at a time probes it");
        assertThat(first.isAdmitted()).isTrue();
        assertThat(second.isAdmitted()).isFalse();
        window.commandArrived(node(8));
        assertThat(window.isBroken()).isFalse();
    }

    @Test
    void shouldShrinkWhenCommandsComeLate() {
        // given
        AdmissionWindow wide = new AdmissionWindow(node(0).cluster(), AdmissionSettings.defaults(), time::nanoTime);
        wide.enter(request(0), () -> {}).bound();
        time.advance(settings.overload().plusMillis(1));
        // when
        wide.commandArrived(node(0));
        // then
        assertThat(wide.limit()).isLessThan(AdmissionSettings.defaults().initial());
    }

    @Test
    void shouldNotHoldBackOthersWhileAPoolIsStopped() {
        // given
        PoolName broken = new PoolName("broken");
        for (int join = 0; join < settings.failuresToStop(); join++) {
            AdmissionRequest request = AdmissionRequest.of(node(join), broken, false);
            window.enter(request, () -> {}).bound();
            window.failed(node(join), ErrorCode.KUBELET_NOT_STARTED);
            window.ended(node(join));
        }
        Turn held = window.enter(AdmissionRequest.of(node(7), broken, false), () -> {});
        // when
        boolean withProof = window.tryAdmit(AdmissionRequest.of(node(8), new PoolName("sound"), false));
        Turn waiting = enter(9);
        // then
        assertThat(withProof).isTrue();
        assertThat(waiting.isAdmitted()).isTrue();
        assertThat(held.isAdmitted()).isFalse();
        assertThat(window.countStoppedPools()).isEqualTo(1);
        assertThat(window.waitReason(node(7)))
                .contains("pool broken is stopped: 3 machines in a row failed with KUBELET_NOT_STARTED;"
                        + " one join at a time tries whether it works again");
        // and when
        boolean wasStopped = window.resume(broken);
        // then
        assertThat(wasStopped).isTrue();
        assertThat(held.isAdmitted()).isTrue();
        assertThat(window.resume(broken)).isFalse();
    }

    private void fill() {
        for (int join = 0; join < SIZE; join++) {
            begin(join);
        }
    }

    private void begin(int number) {
        try (Turn turn = enter(number)) {
            turn.bound();
        }
    }

    private Turn enter(int number) {
        return window.enter(request(number), () -> woken.add(number));
    }

    private static AdmissionRequest request(int number) {
        return AdmissionRequest.of(node(number), null, false);
    }

    private static NodeRef node(int number) {
        return Samples.agent("node-" + number).node();
    }
}

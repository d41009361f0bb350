package io.nodejoin.gateway.admission;

import static org.assertj.core.api.Assertions.assertThat;

import io.nodejoin.gateway.Samples;
import io.nodejoin.gateway.config.AdmissionSettings;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.workflows.node.NodeRef;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PoolRampTest {
    private final AdmissionSettings settings = AdmissionSettings.defaults();
    private final PoolRamp ramp = new PoolRamp("gpu", settings);
    private long now = System.nanoTime();

    @Test
    void shouldTryNoMoreThanTheCanariesUntilTheyHaveJoined() {
        // given
        begin(0, settings.canaries());
        // when
        boolean beforeTheFirst = ramp.mayBegin(now);
        String reason = ramp.waitReason(now).orElseThrow();
        join(0, settings.canaries() - 1);
        begin(10, settings.canaries() - 1);
        boolean beforeTheLast = ramp.mayBegin(now);
        join(settings.canaries() - 1, settings.canaries());
        // then
        assertThat(beforeTheFirst).isFalse();
        assertThat(reason).isEqualTo("the first 4 joins of pool gpu are tried before more begin, 0 have joined");
        assertThat(beforeTheLast).isFalse();
        begin(20, 100);
        assertThat(ramp.mayBegin(now)).isTrue();
        assertThat(ramp.waitReason(now)).isEmpty();
    }

    @Test
    void shouldGiveTheTurnOfACanaryBackThatHasNotBegunOrHasNoVerdict() {
        // given
        begin(0, settings.canaries());
        // when
        ramp.withdrawn(node(0));
        boolean afterRefusal = ramp.mayBegin(now);
        begin(9, 1);
        now += settings.verdictTimeout().toNanos() + 1;
        ramp.removeExpired(now);
        // then
        assertThat(afterRefusal).isTrue();
        assertThat(ramp.mayBegin(now)).isTrue();
    }

    @Test
    void shouldStopWhenMachinesFailInARowWithOneCode() {
        // given
        begin(0, 3);
        fail(0, ErrorCode.KUBELET_NOT_STARTED);
        fail(1, ErrorCode.KUBELET_NOT_STARTED);
        boolean before = ramp.isStopped();
        // when
        fail(2, ErrorCode.KUBELET_NOT_STARTED);
        // then
        assertThat(before).isFalse();
        assertThat(ramp.isStopped()).isTrue();
        assertThat(ramp.mayBegin(now)).isFalse();
    }

    @Test
    void shouldCountAMachineOnceHoweverOftenItTries() {
        // given
        begin(0, 1);
        // when
        IntStream.range(0, 9).forEach(_ -> fail(0, ErrorCode.KUBELET_NOT_STARTED));
        // then
        assertThat(ramp.isStopped()).isFalse();
    }

    @Test
    void shouldNotStopForFailuresWithSuccessesBetweenThemOrOfOtherCodes() {
        // given
        begin(0, 9);
        fail(0, ErrorCode.KUBELET_NOT_STARTED);
        fail(1, ErrorCode.KUBELET_NOT_STARTED);
        ramp.joined(node(2));
        // when
        fail(3, ErrorCode.KUBELET_NOT_STARTED);
        fail(4, ErrorCode.KUBELET_NOT_STARTED);
        fail(5, ErrorCode.HOST_PREFLIGHT_FAILED);
        fail(6, ErrorCode.HOST_PREFLIGHT_FAILED);
        // then
        assertThat(ramp.isStopped()).isFalse();
    }

    @Test
    void shouldNotStopForFailuresOfTheControlPlane() {
        // given
        begin(0, 4);
        // when
        IntStream.range(0, 4).forEach(node -> fail(node, ErrorCode.CLUSTER_UNAVAILABLE));
        // then
        assertThat(ramp.isStopped()).isFalse();
        assertThat(ramp.mayBegin(now)).isTrue();
    }

    @Test
    void shouldProbeAStoppedPoolUntilAMachineJoins() {
        // given
        stop();
        // when
        now += settings.poolProbeInterval().toNanos();
        boolean probe = ramp.mayBegin(now);
        begin(7, 1);
        now += settings.poolProbeInterval().toNanos();
        boolean second = ramp.mayBegin(now);
        fail(7, ErrorCode.KUBELET_NOT_STARTED);
        boolean stillStopped = ramp.isStopped();
        now += settings.poolProbeInterval().toNanos();
        begin(8, 1);
        ramp.joined(node(8));
        // then
        assertThat(probe).isTrue();
        assertThat(second).isFalse();
        assertThat(stillStopped).isTrue();
        assertThat(ramp.isStopped()).isFalse();
        assertThat(ramp.mayBegin(now)).isTrue();
    }

    @Test
    void shouldBeginWithCanariesWhenSomebodyResumesIt() {
        // given
        stop();
        // when
        ramp.resume();
        begin(10, settings.canaries());
        // then
        assertThat(ramp.isStopped()).isFalse();
        assertThat(ramp.mayBegin(now)).isFalse();
    }

    private void stop() {
        begin(0, settings.failuresToStop());
        IntStream.range(0, settings.failuresToStop()).forEach(node -> fail(node, ErrorCode.KUBELET_NOT_STARTED));
    }

    private void begin(int first, int count) {
        IntStream.range(first, first + count).forEach(node -> ramp.began(node(node), now));
    }

    private void join(int from, int to) {
        IntStream.range(from, to).forEach(node -> ramp.joined(node(node)));
    }

    private void fail(int node, ErrorCode code) {
        ramp.failed(node(node), code, now);
    }

    private static NodeRef node(int number) {
        return Samples.agent("node-" + number).node();
    }
}

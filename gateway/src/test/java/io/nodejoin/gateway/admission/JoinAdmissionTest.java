package io.nodejoin.gateway.admission;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.nodejoin.gateway.Samples;
import io.nodejoin.gateway.config.AdmissionSettings;
import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.NodeName;
import io.nodejoin.protocol.PoolName;
import io.nodejoin.protocol.agent.HostResult;
import io.nodejoin.protocol.time.ManualScheduler;
import io.nodejoin.workflows.node.NodeRef;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class JoinAdmissionTest {
    private static final NodeRef NODE = Samples.WORKER_A.node();

    private final ManualScheduler time = new ManualScheduler();
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final JoinAdmission admission = new JoinAdmission(AdmissionSettings.of(1), time::nanoTime, registry);

    @Test
    void shouldCountEachClusterByItself() {
        // given
        admission.enter(request(NODE), () -> {}).bound();
        // when
        Turn other = admission.enter(request(new NodeRef(new ClusterName("other"), NODE.name())), () -> {});
        // then
        assertThat(other.isAdmitted()).isTrue();
    }

    @Test
    void shouldShowWindowAndWaitingJoins() {
        // given
        admission.enter(request(NODE), () -> {}).bound();
        // when
        admission.enter(request(new NodeRef(NODE.cluster(), new NodeName("worker-b"))), () -> {});
        // then
        assertThat(List.of(gauge("window"), gauge("active"), gauge("waiting"), gauge("broken")))
                .containsExactly(1.0, 1.0, 1.0, 0.0);
    }

    @Test
    void shouldEndTheJoinWhoseHostFails() {
        // given
        admission.enter(request(NODE), () -> {}).bound();
        JoinAdmission.Command command = admission.commandArrived(NODE, null);
        // when
        command.ended(Samples.reset());
        // then
        assertThat(gauge("active")).isZero();
    }

    @Test
    void shouldKeepTheJoinWhoseHostIsPrepared() {
        // given
        admission.enter(request(NODE), () -> {}).bound();
        JoinAdmission.Command command = admission.commandArrived(NODE, null);
        // when
        command.ended(new HostResult.HostPrepared("digest", List.of(), null));
        // then
        assertThat(gauge("active")).isEqualTo(1);
    }

    @Test
    void shouldStopThePoolWhoseHostsAreResetForTheSameFailure() {
        // given
        PoolName pool = new PoolName("gpu");
        for (String name : List.of("a", "b", "c")) {
            NodeRef node = new NodeRef(NODE.cluster(), new NodeName(name));
            admission.enter(AdmissionRequest.of(node, pool, false), () -> {}).bound();
            // when
            admission.commandArrived(node, ErrorCode.NODE_NOT_READY).ended(Samples.reset());
        }
        // then
        assertThat(gauge("pools_stopped")).isEqualTo(1);
        assertThat(admission.resume(NODE.cluster(), pool)).isTrue();
        assertThat(admission.resume(new ClusterName("other"), pool)).isFalse();
    }

    @Test
    void shouldTryAnotherJoinInThePlaceOfACanaryThatWasAborted() {
        // given
        JoinAdmission wide = new JoinAdmission(AdmissionSettings.defaults(), time::nanoTime, registry);
        PoolName pool = new PoolName("gpu");
        List<NodeRef> canaries = IntStream.range(0, AdmissionSettings.defaults().canaries())
                .mapToObj(number -> new NodeRef(NODE.cluster(), new NodeName("canary-" + number)))
                .toList();
        canaries.forEach(node ->
                wide.enter(AdmissionRequest.of(node, pool, false), () -> {}).bound());
        Turn next = wide.enter(AdmissionRequest.of(NODE, pool, false), () -> {});
        boolean before = next.isAdmitted();
        // when
        wide.commandArrived(canaries.getFirst(), null).ended(Samples.reset());
        // then
        assertThat(before).isFalse();
        assertThat(next.isAdmitted()).isTrue();
    }

    @Test
    void shouldHaveNobodyWaitWhenItIsOff() {
        // given
        JoinAdmission off = new JoinAdmission(AdmissionSettings.off(), time::nanoTime, registry);
        // when
        boolean started = off.tryAdmit(request(NODE));
        Turn turn = off.enter(request(NODE), () -> {});
        // then
        assertThat(started).isTrue();
        assertThat(turn.isAdmitted()).isTrue();
        assertThat(off.waitReason(NODE)).isEmpty();
    }

    private double gauge(String name) {
        return registry.get("nodejoin_admission_" + name)
                .tag("cluster", "prod")
                .gauge()
                .value();
    }

    private static AdmissionRequest request(NodeRef node) {
        return AdmissionRequest.of(node, null, false);
    }
}

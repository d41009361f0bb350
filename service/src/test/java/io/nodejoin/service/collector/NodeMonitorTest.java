package io.nodejoin.service.collector;

import static io.nodejoin.service.collector.FakeMonitoredNodes.node;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NodeMonitorTest {
    private static final Duration HOUR = Duration.ofHours(1);

    private final FakeMonitoredNodes nodes = new FakeMonitoredNodes();
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private long nanos;
    private final FreshnessGuard guard = new FreshnessGuard(() -> nanos);
    private final NodeMonitor monitor =
            new NodeMonitor(nodes, new CollectorMetrics(meters, FakeClusterOrphans.CLUSTER), guard, () -> nanos);

    private void pass(Duration time) {
        nanos += time.toNanos();
        nodes.now = nodes.now.plus(time);
    }

    private double count(String meter) {
        return meters.find(meter).counters().stream()
                .mapToDouble(counter -> counter.count())
                .sum();
    }

    @Test
    void shouldRemoveANodeThatComesUnderAHeldName() {
        // given
        nodes.hold("n1", HOUR);
        nodes.present.put(node("n1"), "thief");
        nodes.present.put(node("n2"), "other");

        // when
        monitor.run();

        // then
        assertThat(nodes.acts).containsExactly("remove n1#thief");
        assertThat(count("nodejoin_quarantined_nodes_removed")).isEqualTo(1);
    }

    @Test
    void shouldNotRemoveANodeThatIsJoinedWhileItsProcessIsSuspended() {
        // given
        nodes.hold("n1", HOUR);
        nodes.present.put(node("n1"), "ours");
        nodes.beforeRemoval = () -> {
            pass(FreshnessGuard.MAX_AGE);
            nodes.joined.put(node("n1"), "ours");
            guard.beforeEffect("node.delete");
        };

        // when
        assertThatThrownBy(monitor::run).hasMessageContaining("node.delete is not done");

        // then
        assertThat(nodes.present).containsKey(node("n1"));
    }

    @Test
    void shouldLeaveANodeToTheJoinThatBringsItAbout() {
        // given
        nodes.hold("n1", HOUR);
        nodes.present.put(node("n1"), "new");
        nodes.joining.add(node("n1"));

        // when
        monitor.run();

        // then
        assertThat(nodes.acts).isEmpty();
    }

    @Test
    void shouldLeaveTheNodeThatAJoinBroughtToReadyAndNoOtherOne() {
        // given
        nodes.hold("n1", HOUR);
        nodes.joined.put(node("n1"), "ours");
        nodes.present.put(node("n1"), "ours");
        monitor.run();
        nodes.present.put(node("n1"), "thief");

        // when
        monitor.run();

        // then
        assertThat(nodes.acts).containsExactly("remove n1#thief");
    }

    @Test
    void shouldEndAHoldWhoseTimeIsOver() {
        // given
        nodes.hold("n1", HOUR);
        nodes.present.put(node("n1"), "later");
        pass(HOUR);

        // when
        monitor.run();

        // then
        assertThat(nodes.acts).containsExactly("release n1");
    }

    @Test
    void shouldHoldANameForAsLongAsACertificateLivesThatWasRenewed() {
        // given
        nodes.hold("n1", "machine", HOUR);
        Instant later = nodes.now.plus(HOUR).plus(HOUR);
        nodes.renewed.put(node("n1"), later);

        // when
        monitor.run();
        monitor.run();

        // then
        assertThat(nodes.acts).containsExactly("hold n1");
        assertThat(nodes.held.values()).singleElement().satisfies(quarantine -> {
            assertThat(quarantine.until()).isEqualTo(later);
            assertThat(quarantine.machineId()).isEqualTo("machine");
        });
    }

    @Test
    void shouldNotEndAHoldWhoseCertificateWasRenewedAtItsEnd() {
        // given
        nodes.hold("n1", HOUR);
        monitor.run();
        pass(HOUR.minusSeconds(1));
        monitor.run();
        nodes.renewed.put(node("n1"), nodes.now.plus(HOUR));
        pass(Duration.ofSeconds(1));

        // when
        monitor.run();

        // then
        assertThat(nodes.acts).containsExactly("hold n1");
    }

    @Test
    void shouldLookForRenewalsOnceAMinuteAndEachTimeInTheLast() {
        // given
        nodes.hold("n1", HOUR);
        monitor.run();
        pass(NodeMonitor.RENEWAL_CHECK_INTERVAL.minusSeconds(1));
        monitor.run();
        assertThat(nodes.looksForRenewals).isEqualTo(1);
        pass(HOUR.minus(NodeMonitor.RENEWAL_CHECK_INTERVAL));

        // when
        monitor.run();
        monitor.run();

        // then
        assertThat(nodes.looksForRenewals).isEqualTo(3);
    }

    @ParameterizedTest
    @CsvSource({"machine, false", ", true"})
    void shouldLeaveItsRenewalsToTheMachineThatHasItsNameAgain(@Nullable String machine, boolean held) {
        // given
        nodes.hold("n1", machine, HOUR);
        nodes.joined.put(node("n1"), "ours");
        nodes.present.put(node("n1"), "ours");
        nodes.renewed.put(node("n1"), nodes.now.plus(HOUR).plus(HOUR));

        // when
        monitor.run();

        // then
        assertThat(nodes.acts).hasSize(held ? 1 : 0);
    }

    @Test
    void shouldReportAReplacedNodeOnce() {
        // given
        nodes.joined.put(node("n1"), "ours");
        nodes.present.put(node("n1"), "another");

        // when
        monitor.run();
        pass(NodeMonitor.COMPARE_INTERVAL);
        monitor.run();

        // then
        assertThat(nodes.acts).isEmpty();
        assertThat(count("nodejoin_nodes_replaced")).isEqualTo(1);
    }

    @Test
    void shouldNotReportTheNodeOfAJoinUnderWay() {
        // given
        nodes.joined.put(node("n1"), "before");
        nodes.present.put(node("n1"), "new");
        nodes.joining.add(node("n1"));

        // when
        monitor.run();

        // then
        assertThat(count("nodejoin_nodes_replaced")).isZero();
    }

    @Test
    void shouldForgetANodeOnlyAfterItHasBeenGoneForAnHour() {
        // given
        nodes.joined.put(node("n1"), "ours");
        monitor.run();
        pass(NodeMonitor.FORGET_AFTER.minusSeconds(1));
        monitor.run();
        assertThat(nodes.acts).isEmpty();
        pass(NodeMonitor.COMPARE_INTERVAL);

        // when
        monitor.run();

        // then
        assertThat(nodes.acts).containsExactly("forget n1#ours");
    }

    @Test
    void shouldNotCountAnEarlierAbsenceOfANodeThatCameBack() {
        // given
        nodes.joined.put(node("n1"), "ours");
        monitor.run();
        pass(NodeMonitor.FORGET_AFTER.minus(NodeMonitor.COMPARE_INTERVAL));
        nodes.present.put(node("n1"), "ours");
        monitor.run();
        nodes.present.clear();
        pass(NodeMonitor.COMPARE_INTERVAL);

        // when
        monitor.run();

        // then
        assertThat(nodes.acts).isEmpty();
    }

    @Test
    void shouldNotCountTheAbsenceOfANodeAgainstTheOneThatIsJoinedInItsPlace() {
        // given
        nodes.joined.put(node("n1"), "before");
        monitor.run();
        pass(NodeMonitor.FORGET_AFTER);
        nodes.joined.put(node("n1"), "later");

        // when
        monitor.run();

        // then
        assertThat(nodes.acts).isEmpty();
    }

    @Test
    void shouldNotCountTheAbsenceOfANodeThatLeftAgainstTheOneThatIsJoinedLater() {
        // given
        nodes.joined.put(node("n1"), "left");
        monitor.run();
        nodes.joined.clear();
        pass(NodeMonitor.COMPARE_INTERVAL);
        monitor.run();
        pass(NodeMonitor.FORGET_AFTER);
        nodes.joined.put(node("n1"), "later");

        // when
        monitor.run();

        // then
        assertThat(nodes.acts).isEmpty();
    }
}

package io.nodejoin.testbed.demo;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.NodeName;
import io.nodejoin.protocol.Phase;
import io.nodejoin.protocol.event.JoinFailed;
import io.nodejoin.protocol.event.JoinPhaseChanged;
import io.nodejoin.protocol.event.JoinSucceeded;
import io.nodejoin.protocol.event.PhaseTime;
import io.nodejoin.testbed.client.HostFixture;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class DemoReportTest {
    private static final Instant SENT = Instant.parse("2026-11-25T00:00:00Z");
    private static final ClusterName CLUSTER = new ClusterName("testbed");
    private static final JoinId ID = JoinId.of("/test", "1");
    private static final List<HostFixture> WISHES = List.of(
            new HostFixture(new NodeName("demo-1"), "secret-1", false),
            new HostFixture(new NodeName("demo-3"), "secret-3", true));
    private static final Leftovers NOTHING = new Leftovers(List.of(), List.of(), List.of(), List.of(), List.of());

    @Test
    void shouldKeepEveryPromiseWhenAllHappened() {
        // given
        DemoResult result = result(List.of(joined(), failed(ErrorCode.KUBELET_NOT_STARTED)), NOTHING);

        // when
        List<String> broken = result.brokenPromises(WISHES);

        // then
        assertThat(broken).isEmpty();
    }

    @Test
    void shouldNameThePromiseWhenSomethingIsLeft() {
        // given
        Leftovers left =
                new Leftovers(List.of("bootstrap-token-abcdef"), List.of(), List.of(), List.of("demo-3"), List.of());
        DemoResult result = result(List.of(joined(), failed(ErrorCode.KUBELET_NOT_STARTED)), left);

        // when
        List<String> broken = result.brokenPromises(WISHES);

        // then
        assertThat(broken)
                .containsExactly(
                        "no token is left, but there is bootstrap-token-abcdef",
                        "no other Node exists, but there is demo-3");
    }

    @Test
    void shouldNotAcceptAnotherReasonForThePlannedFailure() {
        // given
        DemoResult result = result(List.of(joined(), failed(ErrorCode.AGENT_UNREACHABLE)), NOTHING);

        // when
        List<String> broken = result.brokenPromises(WISHES);

        // then
        assertThat(broken).singleElement().asString().contains("demo-3", "AGENT_UNREACHABLE");
    }

    @Test
    void shouldNotBelieveAnOutcomeThatTheApiServerDoesNotConfirm() {
        // given
        DemoResult result = new DemoResult(
                List.of(joined(), failed(ErrorCode.KUBELET_NOT_STARTED)), Set.of(), NOTHING, List.of(), Map.of());

        // when
        List<String> broken = result.brokenPromises(WISHES);

        // then
        assertThat(broken).singleElement().asString().startsWith("demo-1 is Ready");
    }

    @Test
    void shouldWriteSecondsPerPhaseAndCountsAsJson() throws Exception {
        // given
        DemoResult result = result(List.of(joined(), failed(ErrorCode.KUBELET_NOT_STARTED)), NOTHING);

        // when
        JsonNode json = JsonMapper.builder().build().readTree(new DemoReport(result).json());

        // then
        assertThat(json.at("/joins/0/seconds").asDouble()).isEqualTo(1.5);
        assertThat(json.at("/joins/0/phases/NodeReady").asDouble()).isEqualTo(1.25);
        assertThat(json.at("/joins/0/reason").isNull()).isTrue();
        assertThat(json.at("/joins/1/reason").asText()).isEqualTo("KUBELET_NOT_STARTED");
        assertThat(json.at("/left/tokens").asInt(-1)).isZero();
        assertThat(json.at("/versions/kubernetes").asText()).isEqualTo("v1.37.2");
    }

    @Test
    void shouldDrawThePhasesOfEachJoinOnOneScale() {
        // given
        DemoResult result = result(List.of(joined(), failed(ErrorCode.KUBELET_NOT_STARTED)), NOTHING);

        // when
        String text = new DemoReport(result).timelines();

        // then
        assertThat(text.lines())
                .allMatch(line -> line.length() <= 80)
                .contains("  demo-1  Joined", "  demo-3  Failed")
                .anyMatch(line -> line.matches(" {4}NodeReady +█{15} 1\\.25"));
        assertThat(text.lines().filter(line -> line.contains("Failed "))).allMatch(line -> line.contains("█"));
    }

    @Test
    void shouldPrintTimesThatFitATerminalOf80Columns() {
        // given
        DemoResult result = result(List.of(joined(), failed(ErrorCode.KUBELET_NOT_STARTED), joined()), NOTHING);

        // when
        String text = new DemoReport(result).times();

        // then
        assertThat(text.lines())
                .allMatch(line -> line.length() <= 80)
                .contains(
                        "  outcome                   Joined      Failed      Joined",
                        "  seconds                     1.50        4.00        1.50",
                        "    NodeReady                 1.25           -        1.25",
                        "  demo-3: KUBELET_NOT_STARTED: unit failed");
    }

    @Test
    void shouldPrintOneLinePerChangeWhereLinesCannotBeDrawnOver() {
        // given
        var text = new ByteArrayOutputStream();
        LiveView view = new LiveView(new PrintStream(text, true, StandardCharsets.UTF_8), false);
        JoinTimeline sent = JoinTimeline.requested(new NodeName("demo-1"), SENT);

        // when
        view.show(List.of(sent), SENT);
        view.show(List.of(sent), SENT.plusMillis(100));
        view.show(List.of(joined()), SENT.plusMillis(1700));

        // then
        assertThat(text.toString(StandardCharsets.UTF_8).lines())
                .containsExactly("  demo-1  sent", "  demo-1  Joined after 1.60 s");
    }

    @Test
    void shouldIgnoreAPhaseThatIsToldTwice() {
        // given
        var changed =
                new JoinPhaseChanged(CLUSTER, new NodeName("demo-1"), ID, Phase.HostPrepared, SENT.plusMillis(5), null);
        JoinTimeline once = JoinTimeline.requested(new NodeName("demo-1"), SENT).apply(changed, SENT.plusMillis(6));

        // when
        JoinTimeline twice = once.apply(changed, SENT.plusMillis(9));

        // then
        assertThat(twice).isEqualTo(once);
    }

    @Test
    void shouldTellAPhaseThatIsReachedInAnotherAttemptByItsOwnTime() {
        // given
        NodeName node = new NodeName("demo-1");
        JoinTimeline view = JoinTimeline.requested(node, SENT);

        // when
        for (int millis : List.of(5, 90)) {
            Instant at = SENT.plusMillis(millis);
            view = view.apply(new JoinPhaseChanged(CLUSTER, node, ID, Phase.HostPrepared, at, null), at);
        }

        // then
        assertThat(view.timeTo(Phase.HostPrepared)).contains(Duration.ofMillis(90));
    }

    @Test
    void shouldFindATokenByFormAndBySecret() {
        // given
        Set<String> secrets = Set.of("qqqqqqqqqqqqqqqq");

        // when
        boolean byForm = HistoryInspector.holdsSecret("x \"abcdef.0123456789abcdef\" y", Set.of());
        boolean bySecret = HistoryInspector.holdsSecret("xqqqqqqqqqqqqqqqqy", secrets);
        boolean nothing = HistoryInspector.holdsSecret("{\"tokenId\":\"abcdef\"}", secrets);

        // then
        assertThat(List.of(byForm, bySecret, nothing)).containsExactly(true, true, false);
    }

    private static DemoResult result(List<JoinTimeline> joins, Leftovers left) {
        return new DemoResult(joins, Set.of("demo-1"), left, List.of(), Map.of("kubernetes", "v1.37.2"));
    }

    private static JoinTimeline joined() {
        var phases = List.of(
                new PhaseTime(Phase.Requested, SENT.plusMillis(250)),
                new PhaseTime(Phase.NodeReady, SENT.plusMillis(1500)),
                new PhaseTime(Phase.Joined, SENT.plusMillis(1600)));
        var event = new JoinSucceeded(CLUSTER, new NodeName("demo-1"), ID, "uid", phases, null, null);
        return JoinTimeline.requested(new NodeName("demo-1"), SENT).apply(event, SENT.plusMillis(1650));
    }

    private static JoinTimeline failed(ErrorCode reason) {
        var event = new JoinFailed(
                CLUSTER,
                new NodeName("demo-3"),
                ID,
                reason,
                reason.reasonClass(),
                "unit failed",
                true,
                Duration.ZERO,
                false,
                List.of(),
                List.of(),
                List.of(),
                null);
        return JoinTimeline.requested(new NodeName("demo-3"), SENT).apply(event, SENT.plusSeconds(4));
    }
}

package io.nodejoin.testbed.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.nodejoin.testbed.bench.StormOutcomes.FailedJoin;
import io.nodejoin.testbed.bench.StormRun.Cost;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class StormResultTest {
    private static final FailedJoin FAILED = new FailedJoin("testbed/w-1", "AGENT_UNREACHABLE: it is silent");
    private static final StormCpu CPU = new StormCpu(0.5, 0.25, 0.1, 0.3, 0.05, 0.04, 0.08);

    @Test
    void shouldRelateJoinsASecondToThoseOfThePeer() {
        // given
        StormRun run = run(20, List.of(FAILED), 0, 4);

        // when
        double ratio = run.ratio();

        // then
        assertThat(run.perSecond()).isEqualTo(4.95);
        assertThat(ratio).isEqualTo(4.95 / 4);
    }

    @Test
    void shouldTakeMediansOfRunsAndCountFailuresOfAll() throws IOException {
        // given
        var result = result(run(50, List.of(), 0, 5), run(25, List.of(), 1, 4), run(100, List.of(FAILED), 2, 5));

        // when
        JsonNode json = new JsonMapper().readTree(BenchBed.json(new Provenance("2 CPUs", "0123abcd"), result));

        // then
        assertThat(json.path("perSecond").asDouble()).isEqualTo(2);
        assertThat(json.path("straightLinePerSecond").asDouble()).isEqualTo(5);
        assertThat(json.path("ratio").asDouble()).isEqualTo(0.4);
        assertThat(json.path("lastSeconds").asDouble()).isEqualTo(50);
        assertThat(json.path("failedJoins").asInt()).isEqualTo(1);
        assertThat(json.path("wastedAttempts").asInt()).isEqualTo(3);
        assertThat(json.at("/cpuSeconds/serviceAndTemporal").asDouble()).isEqualTo(0.75);
        assertThat(json.path("temporal").asText()).isEqualTo("one process");
        assertThat(json.at("/runs/2/failed/0/key").asText()).isEqualTo("testbed/w-1");
    }

    @Test
    void shouldExceedItsLimitsWithAFailedJoinOrAWastedAttempt() {
        // when
        List<String> none = result(run(50, List.of(), 0, 5)).violations();
        List<String> both = result(run(50, List.of(FAILED), 2, 5)).violations();

        // then
        assertThat(none).isEmpty();
        assertThat(both).containsExactly("1 joins failed", "2 attempts were wasted");
    }

    @Test
    void shouldNameJoinsThatHaveFailed() {
        // when
        String text = result(run(50, List.of(FAILED), 2, 5)).text();

        // then
        assertThat(text)
                .startsWith("testbed/w-1 failed: AGENT_UNREACHABLE: it is silent\n")
                .contains("straight-line client: 5.00 joins a second; ratio 0.40")
                .contains("service and Temporal 0.750");
    }

    @Test
    void shouldMeasureAStormInWhichNothingSucceeds() {
        // given
        var outcomes = new StormOutcomes(List.of("testbed/w-1"));
        outcomes.abandon("has not ended");
        Usage usage = new Usage(10, CPU, new ApiRequests(Map.of()), 0);

        // when
        StormRun run = StormRun.of(outcomes, usage, StormHistory.of(List.of()), new StormRun.Peer(5, usage, 1), usage);

        // then
        assertThat(run.perSecond()).isZero();
        assertThat(run.ratio()).isZero();
    }

    @Test
    void shouldSubtractWhatIsUsedAtRestInAsMuchTime() {
        // given
        Usage idle = new Usage(10, CPU, new ApiRequests(Map.of("GET nodes", 20.0)), 0);
        Usage used = new Usage(
                20, CPU.times(12), new ApiRequests(Map.of("GET nodes", 100.0, "PATCH nodes/status", 50.0)), 30);

        // when
        Cost cost = Cost.of(used, idle, 10);

        // then
        assertThat(cost.cpuSeconds().service()).isEqualTo(0.5, within(1e-9));
        assertThat(cost.apiCalls()).isEqualTo(8, within(1e-9));
        assertThat(cost.kubeletCalls()).isEqualTo(3, within(1e-9));
    }

    private static StormResult result(StormRun... runs) {
        return new StormResult("one process", "ext4 of /dev/vda", List.of(runs));
    }

    private static StormRun run(double last, List<FailedJoin> failed, int wasted, double peer) {
        Cost cost = new Cost(CPU, 80, 10);
        return new StormRun(
                100, 1, 10, last, failed, wasted, cost, new StormHistory(88, 13, 16, 4, 0), peer, cost, CPU);
    }
}

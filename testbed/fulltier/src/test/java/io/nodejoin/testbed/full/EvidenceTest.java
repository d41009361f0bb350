package io.nodejoin.testbed.full;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import org.junit.jupiter.api.Test;

class EvidenceTest {
    private static final String CHAOS = """
            {"seed": 7, "long": true, "experiments": [
              {"name": "pauses", "figures": {"joins": 45.0, "ratio": 1.5}, "failures": ["a token lived"]},
              {"name": "secrets", "figures": {"places": 3.0}, "failures": []}]}
            """;

    @Test
    void shouldTakeTheFiguresOfEachExperiment() throws JsonProcessingException {
        // given
        JsonNode file = ResultFiles.JSON.readTree(CHAOS);

        // when
        JsonNode figures = Evidence.CHAOS.figures(file);

        // then
        assertThat(figures).hasToString("""
                {"pauses":{"joins":45,"ratio":1.5},"secrets":{"places":3}}""");
    }

    @Test
    void shouldTakeEachBrokenPromiseForAFailure() throws JsonProcessingException {
        // given
        JsonNode file = ResultFiles.JSON.readTree(CHAOS);

        // when
        var failures = Evidence.CHAOS.failures(file);

        // then
        assertThat(failures).containsExactly("pauses: a token lived");
    }

    @Test
    void shouldKeepOfSamplesOnlyTheirNumberAndBounds() throws JsonProcessingException {
        // given
        JsonNode file = ResultFiles.JSON.readTree("""
                {"machine": "2 CPUs", "commit": "abc", "floor": {"median": 1.5, "seconds": [1.0, 2.0, 1.5]}, "ends": true}
                """);

        // when
        JsonNode figures = Evidence.BENCH.figures(file);

        // then
        assertThat(figures).hasToString("""
                {"floor":{"median":1.5,"samples":3,"lowest":1.0,"highest":2.0},"ends":true}""");
    }

    @Test
    void shouldTakeMedianAndP99OfABenchmark() throws JsonProcessingException {
        // given
        JsonNode file = ResultFiles.JSON.readTree("""
                [{"benchmark": "io.nodejoin.ApproverBenchmark.rsa",
                  "primaryMetric": {"score": 60.1, "scorePercentiles": {"50.0": 59.0, "99.0": 105.2}}}]
                """);

        // when
        JsonNode figures = Evidence.JMH.figures(file);

        // then
        assertThat(figures).hasToString("""
                {"rsa":{"median":59.0,"p99":105.2}}""");
    }
}

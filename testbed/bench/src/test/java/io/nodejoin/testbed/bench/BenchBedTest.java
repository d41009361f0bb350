package io.nodejoin.testbed.bench;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.nodejoin.testbed.bench.AnonymousLoadResult.Reads;
import io.nodejoin.testbed.bench.AnonymousLoadResult.Round;
import io.nodejoin.testbed.bench.AnonymousLoadResult.UnderLoad;
import io.nodejoin.testbed.bench.H2loadLog.Count;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

class BenchBedTest {
    private static final Provenance PROVENANCE = new Provenance("2 CPUs", "0123abcd");

    @Test
    void shouldWriteSeriesRatiosAndProvenance() throws IOException {
        // given
        var report = new LatencyResult(
                new LatencyResult.First(5, 2, 7, 8),
                new Samples(List.of(4.0)),
                new Samples(List.of(1.0)),
                new Samples(List.of(3.0, 1.0, 2.0)),
                new Samples(List.of(2.5)),
                new JoinCost(60, 14, 10, 4, 0.25, 0.15, 0.35),
                20,
                30);

        // when
        JsonNode json = new JsonMapper().readTree(BenchBed.json(PROVENANCE, report));

        // then
        assertThat(json).isEqualTo(new JsonMapper().readTree("""
                        {"machine":"2 CPUs","commit":"0123abcd",
                        "first":{"kubeadm":5.0,"floor":2.0,"nodejoin":7.0,"succeeded":8.0},
                        "kubeadm":{"seconds":[4.0],"median":4.0},"floor":{"seconds":[1.0],"median":1.0},
                        "nodejoin":{"seconds":[3.0,1.0,2.0],"median":2.0},"succeeded":{"seconds":[2.5],"median":2.5},
                        "cost":{"temporalEvents":60.0,"workflowTasks":14.0,"activities":10.0,"localActivities":4.0,
                        "serviceCpuSeconds":0.25,"temporalCpuSeconds":0.15,"agentCpuSeconds":0.35},
                        "ratioToKubeadm":0.5,"ratioToFloor":2.0,"ratioOfSucceeded":1.25,"ratioOfFirst":3.5,
                        "agentMegabytes":20.0,"serviceMegabytes":30.0}"""));
    }

    @Test
    void shouldWriteTheRoundsOfALoad() throws IOException {
        // given
        var load = new UnderLoad(new Reads(10, 2, 6), new Count(5, 4, 1, 0, 0));
        var report = new AnonymousLoadResult(2000, List.of(new Round(new Reads(10, 1, 3), load, load, load)));

        // when
        JsonNode json = new JsonMapper().readTree(BenchBed.json(PROVENANCE, report));

        // then
        assertThat(json.at("/idleP95Millis").asDouble()).isEqualTo(3);
        assertThat(json.at("/with/ratio").asDouble()).isEqualTo(2);
        assertThat(json.at("/rounds/0/elsewhere/p95Millis").asDouble()).isEqualTo(6);
        assertThat(json.at("/rounds/0/without/crowd/answered").asInt()).isEqualTo(4);
    }
}

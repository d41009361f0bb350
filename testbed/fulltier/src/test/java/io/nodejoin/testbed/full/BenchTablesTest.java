package io.nodejoin.testbed.full;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;

class BenchTablesTest {
    private static final String SINCE_EVER = """
            "kubeadm":{"samples":6,"lowest":1.5,"highest":2,"median":1.7},
            "floor":{"samples":6,"lowest":0.8,"highest":1,"median":0.9},
            "nodejoin":{"samples":6,"lowest":1,"highest":1.2,"median":1.1},
            "ratioToKubeadm":0.65,"ratioToFloor":1.22,"agentMegabytes":60,"serviceMegabytes":300""";

    @Test
    void shouldTellWhatAJoinCosts() throws IOException {
        // given
        Figures figures = parse(SINCE_EVER + """
                ,"succeeded":{"samples":6,"lowest":1.1,"highest":1.4,"median":1.2},
                "first":{"kubeadm":2,"floor":1,"nodejoin":1.5,"succeeded":1.7},"ratioOfSucceeded":1.09,"ratioOfFirst":1.36,
                "cost":{"temporalEvents":60,"workflowTasks":14,"activities":9,"localActivities":3,
                "serviceCpuSeconds":0.25,"temporalCpuSeconds":0.15,"agentCpuSeconds":0.35}""");

        // when
        String table = BenchTables.latency(figures);

        // then
        assertThat(table)
                .contains("| c to its event of success | 1.20 s | 1.10 s | 1.40 s |")
                .contains("| the same / c | 1.36 | | |")
                .contains("| activities of a join, and local ones | 9, 3 | | |")
                .contains("| CPU of a join, the agent | 0.35 s | | |");
    }

    @Test
    void shouldLeaveOutWhatOldResultsDoNotHave() throws IOException {
        // when
        String table = BenchTables.latency(parse(SINCE_EVER));

        // then
        assertThat(table).contains("| c Nodejoin | 1.10 s | 1.00 s | 1.20 s |").doesNotContain("event", "CPU");
    }

    @Test
    void shouldPutAStormBesideItsPeer() throws IOException {
        // given
        Figures figures = parse("""
                "hosts":1000,"failedJoins":0,"wastedAttempts":2,"firstSeconds":1.5,"medianSeconds":60,"lastSeconds":250,
                "perSecond":4,"straightLinePerSecond":5,"ratio":0.8,"apiCalls":19.6,"straightLineApiCalls":17,
                "cpuSeconds":{"serviceAndTemporal":0.4,"database":0.1,"apiServer":0.3,"hosts":0.1},
                "straightLineCpuSeconds":{"apiServer":0.2,"hosts":0.05}""");

        // when
        String table = BenchTables.storm(figures);

        // then
        assertThat(table)
                .startsWith("| 1,000 hosts at once | Nodejoin | straight-line client |")
                .contains("| failed joins, wasted attempts | 0, 2 | |")
                .contains("| joins a second | 4.00 | 5.00 |")
                .contains("| API calls of a join without its kubelet's | 20 | 17 |");
    }

    private static Figures parse(String members) throws IOException {
        return new Figures(ResultFiles.JSON.readTree("{" + members + "}"));
    }
}

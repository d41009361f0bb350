package io.nodejoin.testbed.bench;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The result of one agent measurement.
 *
 * @param agent the waiting agent
 * @param peer Debian's node_exporter, without clients
 * @param starts seconds from the start of the process to its first connection to the gateway
 * @param prepare seconds of the command PrepareHost on a new host
 * @param steps duration of each step of PrepareHost, seconds, in order
 * @param prepareAgain seconds of PrepareHost on a prepared host
 * @param endsAfterJoin whether the agent's process had exited a minute after its join
 * @param packageMegabytes size of the .deb
 */
record AgentResult(
        Idle agent,
        @JsonProperty("nodeExporter") Idle peer,
        @JsonProperty("start") Samples starts,
        @JsonProperty("prepareSeconds") double prepare,
        @JsonProperty("prepareStepSeconds") Map<String, Double> steps,
        @JsonProperty("prepareAgainSeconds") double prepareAgain,
        boolean endsAfterJoin,
        double packageMegabytes)
        implements BenchBed.Report {

    AgentResult {
        steps = Collections.unmodifiableMap(new LinkedHashMap<>(steps));
    }

    /**
     * The cost of a process while it waits.
     *
     * @param pss its proportional share of memory, megabytes
     * @param cpuMillis processor time during the observation
     */
    record Idle(@JsonProperty("pssMegabytes") double pss, double cpuMillis) {}

    @Override
    public String text() {
        return String.format(
                Locale.ROOT,
                """
                while waiting        PSS       CPU
                  agent          %6.1f MB  %5.0f ms
                  node_exporter  %6.1f MB  %5.0f ms   ratio of PSS %.1f
                start to first connection  %.0f ms (median of %d)
                PrepareHost  %.0f ms on a new host, %.0f ms on a prepared one
                %safter Joined the process %s; package %.1f MB
                """,
                agent.pss(),
                agent.cpuMillis(),
                peer.pss(),
                peer.cpuMillis(),
                pssRatio(),
                starts.median() * 1000,
                starts.seconds().size(),
                prepare * 1000,
                prepareAgain * 1000,
                steps.entrySet().stream()
                        .map(step ->
                                String.format(Locale.ROOT, "  %4.0f ms  %s%n", step.getValue() * 1000, step.getKey()))
                        .collect(Collectors.joining()),
                endsAfterJoin ? "has ended" : "STILL RUNS",
                packageMegabytes);
    }

    @JsonProperty
    double pssRatio() {
        return agent.pss() / peer.pss();
    }
}

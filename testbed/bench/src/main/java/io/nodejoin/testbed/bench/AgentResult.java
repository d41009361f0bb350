package io.nodejoin.testbed.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
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
        Idle peer,
        Samples starts,
        double prepare,
        Map<String, Double> steps,
        double prepareAgain,
        boolean endsAfterJoin,
        double packageMegabytes)
        implements BedBenchCommand.Report {
    private static final ObjectMapper JSON = JsonMapper.builder().build();

    AgentResult {
        steps = Collections.unmodifiableMap(new LinkedHashMap<>(steps));
    }

    /**
     * The cost of a process while it waits.
     *
     * @param pss its proportional share of memory, megabytes
     * @param cpuMillis processor time during the observation
     */
    record Idle(double pss, double cpuMillis) {
        void writeTo(ObjectNode node) {
            node.put("pssMegabytes", pss).put("cpuMillis", cpuMillis);
        }
    }

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
                agent.pss() / peer.pss(),
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

    @Override
    public String json(Provenance provenance) {
        ObjectNode root = provenance.writeTo(JSON.createObjectNode());
        agent.writeTo(root.putObject("agent"));
        peer.writeTo(root.putObject("nodeExporter"));
        root.put("pssRatio", agent.pss() / peer.pss());
        starts.writeTo(root.putObject("start"));
        root.put("prepareSeconds", prepare);
        ObjectNode parts = root.putObject("prepareStepSeconds");
        steps.forEach(parts::put);
        root.put("prepareAgainSeconds", prepareAgain);
        root.put("endsAfterJoin", endsAfterJoin);
        root.put("packageMegabytes", packageMegabytes);
        return root.toPrettyString() + "\n";
    }
}

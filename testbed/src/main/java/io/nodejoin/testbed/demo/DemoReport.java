package io.nodejoin.testbed.demo;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.nodejoin.protocol.Phase;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** The demo's result as a text for people and as JSON. */
final class DemoReport {
    private static final ObjectMapper JSON = JsonMapper.builder().build();

    private final DemoResult result;

    DemoReport(DemoResult result) {
        this.result = result;
    }

    /** Seconds from event to Ready, or to the end of a failed join, with the share of each phase. */
    String times() {
        Set<Phase> phases = new LinkedHashSet<>();
        result.joins().forEach(join -> phases.addAll(join.secondsPerPhase().keySet()));
        StringBuilder text = new StringBuilder();
        text.append(String.format(Locale.ROOT, "%-12s %-10s %9s", "NODE", "OUTCOME", "SECONDS"));
        phases.forEach(phase -> text.append("  ").append(phase));
        text.append("  REASON\n");
        for (JoinView join : result.joins()) {
            text.append(String.format(
                    Locale.ROOT,
                    "%-12s %-10s %9s",
                    join.node(),
                    outcome(join),
                    join.toReadyOrEnd().map(DemoReport::number).orElse("-")));
            Map<Phase, Duration> shares = join.secondsPerPhase();
            for (Phase phase : phases) {
                String share = shares.containsKey(phase) ? number(shares.get(phase)) : "-";
                text.append("  ")
                        .append(" ".repeat(phase.name().length() - share.length()))
                        .append(share);
            }
            text.append("  ")
                    .append(join.reason() == null ? "-" : join.reason())
                    .append('\n');
        }
        return text.toString();
    }

    /** What is left over, one line per kind. */
    String left() {
        LeftOvers left = result.left();
        return line("bootstrap tokens", left.tokens())
                + line("signatures in cluster-info", left.jws())
                + line("undecided certificate requests", left.csrsUndecided())
                + line("unexpected nodes", left.nodesUnexpected())
                + line("files and units on the failed host", left.hostResidue())
                + line("token secrets in Temporal's histories", result.historiesWithSecrets());
    }

    String json() {
        ObjectNode root = JSON.createObjectNode();
        var joins = root.putArray("joins");
        for (JoinView join : result.joins()) {
            ObjectNode entry =
                    joins.addObject().put("node", join.node().value()).put("outcome", outcome(join));
            entry.put("reason", join.reason() == null ? null : join.reason().name());
            join.toReadyOrEnd().ifPresent(time -> entry.put("seconds", time.toMillis() / 1000.0));
            ObjectNode phases = entry.putObject("phases");
            join.secondsPerPhase().forEach((phase, time) -> phases.put(phase.name(), time.toMillis() / 1000.0));
        }
        LeftOvers left = result.left();
        root.putObject("left")
                .put("tokens", left.tokens().size())
                .put("jws", left.jws().size())
                .put("csrsUndecided", left.csrsUndecided().size())
                .put("nodesUnexpected", left.nodesUnexpected().size())
                .put("hostResidue", left.hostResidue().size())
                .put("historiesWithSecrets", result.historiesWithSecrets().size());
        ObjectNode versions = root.putObject("versions");
        result.versions().forEach(versions::put);
        return root.toPrettyString() + "\n";
    }

    private static String outcome(JoinView join) {
        return join.phase().map(Phase::name).orElse("Unanswered");
    }

    private static String line(String kind, List<String> found) {
        return String.format(Locale.ROOT, "  %-40s %s%n", kind, found.isEmpty() ? "none" : String.join(", ", found));
    }

    private static String number(Duration duration) {
        return String.format(Locale.ROOT, "%.2f", duration.toMillis() / 1000.0);
    }
}

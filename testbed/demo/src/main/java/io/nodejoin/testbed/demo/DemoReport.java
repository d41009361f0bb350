package io.nodejoin.testbed.demo;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.nodejoin.protocol.Phase;
import io.nodejoin.protocol.event.PhaseTime;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The demo's result as a text for people and as JSON. */
final class DemoReport {
    private static final int BAR_COLUMNS = 48;
    private static final ObjectMapper JSON = JsonMapper.builder().build();

    private final DemoResult result;

    DemoReport(DemoResult result) {
        this.result = result;
    }

    /**
     * Returns one column per join: outcome, seconds from event to Ready or to a failure's outcome, and each phase's
     * share.
     */
    String times() {
        StringBuilder text = new StringBuilder();
        text.append(row("", join -> join.node().value()));
        text.append(row("outcome", DemoReport::outcome));
        text.append(row(
                "seconds",
                join -> join.timeToReadyOrEnd().map(DemoReport::number).orElse("-")));
        for (Phase phase : phases()) {
            text.append(row(
                    "  " + phase,
                    join -> Optional.ofNullable(join.durationPerPhase().get(phase))
                            .map(DemoReport::number)
                            .orElse("-")));
        }
        result.joins().stream()
                .filter(join -> join.reason() != null)
                .forEach(join -> text.append("\n  %s: %s: %s\n".formatted(join.node(), join.reason(), join.detail())));
        return text.toString();
    }

    private String row(String title, Function<JoinTimeline, String> cell) {
        return result.joins().stream()
                .map(join -> String.format(Locale.ROOT, "%12s", cell.apply(join)))
                .collect(Collectors.joining("", String.format(Locale.ROOT, "  %-20s", title), "\n"));
    }

    private Set<Phase> phases() {
        Set<Phase> phases = new TreeSet<>();
        result.joins().forEach(join -> phases.addAll(join.durationPerPhase().keySet()));
        return phases;
    }

    /** Returns a bar for each phase of each join, all on the same scale. */
    String timelines() {
        double longest = result.joins().stream()
                .flatMap(join -> join.phases().stream().map(phase -> sinceRequest(join, phase)))
                .mapToDouble(Duration::toMillis)
                .max()
                .orElse(1);
        return result.joins().stream()
                .map(join -> timeline(join, BAR_COLUMNS / Math.max(longest, 1)))
                .collect(Collectors.joining("\n"));
    }

    private static String timeline(JoinTimeline join, double columnsPerMilli) {
        StringBuilder text = new StringBuilder("  " + join.node() + "  " + outcome(join) + "\n");
        Duration before = Duration.ZERO;
        for (PhaseTime phase : join.phases()) {
            Duration at = sinceRequest(join, phase);
            int from = (int) Math.round(before.toMillis() * columnsPerMilli);
            int length = Math.max(1, (int) Math.round(at.toMillis() * columnsPerMilli) - from);
            text.append(String.format(
                    Locale.ROOT,
                    "    %-18s%s%s %s%n",
                    phase.phase(),
                    " ".repeat(from),
                    "█".repeat(length),
                    number(at.minus(before))));
            before = at;
        }
        return text.toString();
    }

    /** The clocks of hosts and service differ by milliseconds, so that a phase may seem to be before the request. */
    private static Duration sinceRequest(JoinTimeline join, PhaseTime phase) {
        Duration after = Duration.between(join.sentAt(), phase.at());
        return after.isNegative() ? Duration.ZERO : after;
    }

    /** Returns the leftovers, one line per kind. */
    String leftovers() {
        Leftovers left = result.left();
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
        for (JoinTimeline join : result.joins()) {
            ObjectNode entry =
                    joins.addObject().put("node", join.node().value()).put("outcome", outcome(join));
            entry.put("reason", join.reason() == null ? null : join.reason().name());
            join.timeToReadyOrEnd().ifPresent(time -> entry.put("seconds", time.toMillis() / 1000.0));
            ObjectNode phases = entry.putObject("phases");
            join.durationPerPhase().forEach((phase, time) -> phases.put(phase.name(), time.toMillis() / 1000.0));
        }
        Leftovers left = result.left();
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

    private static String outcome(JoinTimeline join) {
        return join.phase().map(Phase::name).orElse("Unanswered");
    }

    private static String line(String kind, List<String> found) {
        return String.format(Locale.ROOT, "  %-40s %s%n", kind, found.isEmpty() ? "none" : String.join(", ", found));
    }

    private static String number(Duration duration) {
        return String.format(Locale.ROOT, "%.2f", duration.toMillis() / 1000.0);
    }
}

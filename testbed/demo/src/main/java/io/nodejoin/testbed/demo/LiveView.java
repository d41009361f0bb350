package io.nodejoin.testbed.demo;

import io.nodejoin.protocol.Phase;
import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Shows joins as they move: one line per host that changes in place on a terminal, one line per change elsewhere. */
final class LiveView {
    private static final List<Phase> PATH = List.of(
            Phase.Requested,
            Phase.AgentConnected,
            Phase.HostPrepared,
            Phase.TokenIssued,
            Phase.CertificateIssued,
            Phase.KubeletStarted,
            Phase.NodeReady,
            Phase.Joined);

    private final PrintStream out;
    private final boolean terminal;
    private final Map<String, String> shown = new HashMap<>();
    private int drawn;

    /** @param terminal whether lines can be overwritten */
    LiveView(PrintStream out, boolean terminal) {
        this.out = out;
        this.terminal = terminal;
    }

    /** Shows the joins as they are at this time. */
    void show(List<JoinTimeline> joins, Instant now) {
        if (terminal) {
            redraw(joins, now);
        } else {
            joins.forEach(this::printIfChanged);
        }
    }

    private void redraw(List<JoinTimeline> joins, Instant now) {
        StringBuilder text = new StringBuilder();
        if (drawn > 0) {
            text.append("\u001b[").append(drawn).append('A');
        }
        for (JoinTimeline join : joins) {
            text.append("\r\u001b[2K  ").append(line(join, now)).append('\n');
        }
        drawn = joins.size();
        out.print(text);
        out.flush();
    }

    private void printIfChanged(JoinTimeline join) {
        String phase = join.phase().map(Phase::name).orElse("sent");
        if (!phase.equals(shown.put(join.node().value(), phase))) {
            String after = join.phase()
                    .flatMap(join::timeTo)
                    .map(LiveView::seconds)
                    .map(time -> " after " + time)
                    .orElse("");
            out.println("  " + join.node() + "  " + phase + after + reason(join));
        }
    }

    static String line(JoinTimeline join, Instant now) {
        StringBuilder dots = new StringBuilder();
        for (Phase phase : PATH) {
            dots.append(join.timeTo(phase).isPresent() ? '●' : '○');
        }
        String phase = join.phase().map(Phase::name).orElse("sent");
        Duration time = join.timeToReadyOrEnd().orElse(Duration.between(join.sentAt(), now));
        return String.format(
                Locale.ROOT, "%-10s %s  %-17s %8s%s", join.node(), dots, phase, seconds(time), reason(join));
    }

    static String seconds(Duration duration) {
        return String.format(Locale.ROOT, "%.2f s", duration.toMillis() / 1000.0);
    }

    private static String reason(JoinTimeline join) {
        return join.reason() == null ? "" : "  " + join.reason();
    }
}

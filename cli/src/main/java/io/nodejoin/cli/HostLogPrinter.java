package io.nodejoin.cli;

import io.nodejoin.protocol.PlainText;
import io.nodejoin.protocol.agent.HostLogLine;
import io.nodejoin.visibility.agent.HostLogChunk;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/** Prints lines of a host's log, which the host has written: nothing in them reaches the terminal as more than text. */
final class HostLogPrinter {
    private static final String SERVICE = ".service";

    private final Terminal terminal;
    private final OutputFormat format;
    private final @Nullable Instant since;
    private int printed;

    /** @param since older lines are left out; null for none */
    HostLogPrinter(Terminal terminal, OutputFormat format, @Nullable Instant since) {
        this.terminal = terminal;
        this.format = format;
        this.since = since;
    }

    /**
     * A line for programs.
     *
     * @param unit the systemd unit
     * @param missingBefore whether lines before it are missing
     */
    private record Line(String time, String unit, String text, boolean missingBefore) {}

    /** Returns how many lines were printed. */
    int printed() {
        return printed;
    }

    void print(HostLogChunk.Entry entry) {
        HostLogLine line = entry.line();
        if (since != null && line.at().isBefore(since)) {
            return;
        }
        printed++;
        String time = line.at().truncatedTo(ChronoUnit.MILLIS).toString();
        String unit = PlainText.of(line.unit());
        String text = PlainText.of(line.text());
        switch (format) {
            case text, wide, name -> {
                if (entry.afterGap()) {
                    terminal.progress("(lines are missing here)");
                }
                terminal.data("%s  %s  %s".formatted(terminal.dim(time), shown(unit), text));
            }
            case json -> terminal.json(new Line(time, unit, text, entry.afterGap()));
            case yaml -> {
                terminal.data("---");
                terminal.yaml(new Line(time, unit, text, entry.afterGap()));
            }
        }
    }

    private String shown(String unit) {
        return "%-14s"
                .formatted(
                        format != OutputFormat.wide && unit.endsWith(SERVICE)
                                ? unit.substring(0, unit.length() - SERVICE.length())
                                : unit);
    }

    /** Prints a line that came with the failure of a command, of which neither time nor unit are known. */
    void printKept(String line) {
        printed++;
        String text = PlainText.of(line);
        switch (format) {
            case text, wide, name -> terminal.data(text);
            case json -> terminal.json(text);
            case yaml -> {
                terminal.data("---");
                terminal.yaml(text);
            }
        }
    }
}

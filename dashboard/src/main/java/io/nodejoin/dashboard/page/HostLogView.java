package io.nodejoin.dashboard.page;

import io.nodejoin.protocol.agent.HostLogLine;
import io.nodejoin.visibility.agent.HostLogChunk;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The log of a host, on the page of its join.
 *
 * @param live whether more lines may come
 * @param note what there is to say of the lines; null if nothing is
 */
public record HostLogView(
        boolean live, List<Line> lines, @Nullable String note) {
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("HH:mm:ss.SSS").withZone(ZoneOffset.UTC);
    private static final HostLogView NONE = new HostLogView(false, List.of(), null);

    public HostLogView {
        lines = List.copyOf(lines);
    }

    /**
     * A line, of which nothing is more than text.
     *
     * @param origin time and unit; empty if they are not known
     * @param afterGap whether lines before it are missing
     */
    public record Line(String origin, String text, boolean afterGap) {
        static Line of(HostLogChunk.Entry entry) {
            HostLogLine line = entry.line().sanitized();
            return new Line(
                    TIME.format(line.at()) + " " + line.unit().replaceFirst("\\.service$", "") + "  ",
                    line.text(),
                    entry.afterGap());
        }

        static Line ofKept(String text) {
            return new Line(
                    "", new HostLogLine(0, Instant.EPOCH, "", text).sanitized().text(), false);
        }
    }

    /** Returns the log of a running join or leave. */
    public static HostLogView live(HostLogChunk chunk) {
        return new HostLogView(true, chunk.lines().stream().map(Line::of).toList(), note(chunk));
    }

    /** Returns the log of one of which nobody could be asked. */
    public static HostLogView unknown(String problem) {
        return new HostLogView(true, List.of(), "No gateway replica could be asked: " + problem + ".");
    }

    /** Returns what is left of the log of one that has ended. */
    public static HostLogView kept(List<String> lines) {
        return lines.isEmpty()
                ? NONE
                : new HostLogView(
                        false,
                        lines.stream().map(Line::ofKept).toList(),
                        "The lines that came with the failure of a command. Live lines are not kept.");
    }

    /** Returns whether there is anything to show. */
    public boolean isShown() {
        return live || !lines.isEmpty();
    }

    private static @Nullable String note(HostLogChunk chunk) {
        if (chunk.connected()) {
            return chunk.lines().isEmpty() ? "The agent was asked for its host's journal; no line has come yet." : null;
        }
        String silent = chunk.silent().isEmpty() ? "" : " Did not answer: " + String.join(", ", chunk.silent()) + ".";
        return "The agent is not connected to a gateway replica." + silent;
    }
}

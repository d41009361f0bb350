package io.nodejoin.protocol.agent;

import io.nodejoin.protocol.PlainText;
import io.nodejoin.protocol.Redaction;
import java.time.Instant;

/**
 * A line of a host's journal.
 *
 * @param sequence counts the lines of one agent process; a number that is left out stands for lines that are missing
 * @param unit the systemd unit, such as {@code kubelet.service}
 * @param text redacted, on one line, of at most {@link #MAX_TEXT} characters
 */
public record HostLogLine(long sequence, Instant at, String unit, String text) {
    /** Longer than what an operator reads of a line. */
    public static final int MAX_TEXT = 1000;

    private static final int MAX_UNIT = 100;

    /** Returns the line with its text redacted, cut, and free of what a terminal or a page would obey. */
    public HostLogLine sanitized() {
        return new HostLogLine(sequence, at, plain(unit, MAX_UNIT), plain(Redaction.redact(text), MAX_TEXT));
    }

    private static String plain(String text, int length) {
        String cut = text.length() <= length ? text : text.substring(0, length - 1) + "…";
        return PlainText.of(cut);
    }
}

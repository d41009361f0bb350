package io.nodejoin.agent;

import io.nodejoin.protocol.Redaction;
import java.util.logging.Formatter;
import java.util.logging.LogRecord;
import java.util.logging.SimpleFormatter;
import java.util.regex.Pattern;

/** Formats one line per event, for the systemd journal, which adds the time. Redacts what may be a token. */
final class RedactingFormatter extends Formatter {
    /** Characters that start a line, move the cursor, or change the writing direction. */
    private static final Pattern CONTROLS = Pattern.compile("[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}]");

    private final Formatter messages = new SimpleFormatter();

    @Override
    public String format(LogRecord event) {
        Throwable cause = event.getThrown();
        String text =
                event.getLevel() + " " + messages.formatMessage(event) + (cause == null ? "" : " " + stackTrace(cause));
        return Redaction.redact(CONTROLS.matcher(text).replaceAll(" ")) + "\n";
    }

    private static String stackTrace(Throwable cause) {
        StringBuilder text = new StringBuilder(cause.toString());
        for (StackTraceElement frame : cause.getStackTrace()) {
            text.append(" < ").append(frame);
        }
        return text.toString();
    }
}

package io.nodejoin.agent;

import io.nodejoin.agent.host.Redactor;
import java.util.logging.Formatter;
import java.util.logging.LogRecord;
import java.util.logging.SimpleFormatter;

/** One line per event, for the journal of systemd, which adds the time. What may be a token does not pass. */
final class RedactingFormatter extends Formatter {
    private final Formatter messages = new SimpleFormatter();

    @Override
    public String format(LogRecord event) {
        Throwable cause = event.getThrown();
        String text =
                event.getLevel() + " " + messages.formatMessage(event) + (cause == null ? "" : " " + trace(cause));
        return Redactor.redact(text.replace('\n', ' ')) + "\n";
    }

    private static String trace(Throwable cause) {
        StringBuilder text = new StringBuilder(cause.toString());
        for (StackTraceElement frame : cause.getStackTrace()) {
            text.append(" < ").append(frame);
        }
        return text.toString();
    }
}

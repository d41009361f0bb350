package io.nodejoin.workflows.lifecycle;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/** Records the transitions that workflows log while this is open. */
public final class TakenTransitions extends AppenderBase<ILoggingEvent> implements AutoCloseable {
    private static final Pattern CHANGE = Pattern.compile("from=(\\w+) to=(\\w+)");

    private final Logger logger = (Logger) LoggerFactory.getLogger(StateMachine.class);
    private final @Nullable Level configuredLevel = logger.getLevel();
    private final Set<String> taken = new TreeSet<>();

    public TakenTransitions() {
        setContext(logger.getLoggerContext());
        start();
        logger.addAppender(this);
        logger.setLevel(Level.INFO);
        logger.setAdditive(false);
    }

    static String format(String from, String to) {
        return from + " -> " + to;
    }

    public synchronized Set<String> taken() {
        return new TreeSet<>(taken);
    }

    @Override
    protected synchronized void append(ILoggingEvent event) {
        Matcher transition = CHANGE.matcher(event.getFormattedMessage());
        taken.add(transition.find() ? format(transition.group(1), transition.group(2)) : event.getFormattedMessage());
    }

    @Override
    public void close() {
        logger.detachAppender(this);
        logger.setLevel(configuredLevel);
        logger.setAdditive(true);
    }
}

package io.nodejoin.workflows.scenario;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.util.List;
import org.slf4j.LoggerFactory;

/**
 * Promises of workflows that failed and that nobody had asked how they ended. The SDK warns of each once the workflow is closed: one in
 * the ordinary course of a join would fill an operator's log.
 */
final class UnhandledFailures implements AutoCloseable {
    private static final Logger SOURCE =
            (Logger) LoggerFactory.getLogger("io.temporal.internal.sync.DeterministicRunnerImpl");

    private final ListAppender<ILoggingEvent> heard = new ListAppender<>();

    UnhandledFailures() {
        SOURCE.setLevel(Level.WARN);
        heard.start();
        SOURCE.addAppender(heard);
    }

    /** Returns the warnings so far. */
    List<String> warnings() {
        return List.copyOf(heard.list).stream()
                .map(event -> event.getThrowableProxy().getClassName() + ": "
                        + event.getThrowableProxy().getMessage())
                .toList();
    }

    @Override
    public void close() {
        SOURCE.detachAppender(heard);
        SOURCE.setLevel(null);
    }
}

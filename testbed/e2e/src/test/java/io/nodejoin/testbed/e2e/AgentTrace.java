package io.nodejoin.testbed.e2e;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import java.util.stream.Stream;
import org.slf4j.LoggerFactory;

/**
 * All that the agents in this process, their libraries and their stand-in kubelets have to say, before any redaction. While
 * it is open this process writes nothing to standard error.
 */
final class AgentTrace extends Handler implements AutoCloseable {
    private final PrintStream usual = System.err;
    private final ByteArrayOutputStream errors = new ByteArrayOutputStream();
    private final Queue<String> lines = new ConcurrentLinkedQueue<>();
    private final SimpleFormatter formatter = new SimpleFormatter();
    /** Held, since the registry of java.util.logging keeps loggers only weakly. */
    private final List<Logger> platform = Stream.of("io.nodejoin.agent", "jdk", "sun", "javax")
            .map(Logger::getLogger)
            .toList();

    private final Map<ch.qos.logback.classic.Logger, ch.qos.logback.classic.Level> libraries = new LinkedHashMap<>();

    AgentTrace() {
        System.setErr(new PrintStream(errors, true, StandardCharsets.UTF_8));
        platform.forEach(logger -> {
            logger.setLevel(Level.FINEST);
            logger.addHandler(this);
        });
        for (String name : List.of("org.jose4j", "io.nodejoin.testbed.simulated", "com.fasterxml")) {
            var logger = (ch.qos.logback.classic.Logger) LoggerFactory.getLogger(name);
            libraries.put(logger, logger.getEffectiveLevel());
            logger.setLevel(ch.qos.logback.classic.Level.TRACE);
        }
    }

    byte[] text() {
        String all = String.join("\n", lines) + "\n" + errors.toString(StandardCharsets.UTF_8);
        return all.getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public void publish(LogRecord entry) {
        lines.add(formatter.format(entry));
    }

    @Override
    public void flush() {
        // Nothing is held back.
    }

    @Override
    public void close() {
        platform.forEach(logger -> {
            logger.removeHandler(this);
            logger.setLevel(Level.WARNING);
        });
        libraries.forEach(ch.qos.logback.classic.Logger::setLevel);
        System.setErr(usual);
    }
}

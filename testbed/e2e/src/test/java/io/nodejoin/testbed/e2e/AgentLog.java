package io.nodejoin.testbed.e2e;

import io.nodejoin.protocol.ErrorCode;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/** What the agents in this process complain about. */
final class AgentLog extends Handler {
    /** Held for as long as its handler counts: the java.util.logging registry keeps loggers only weakly. */
    private final Logger logger = Logger.getLogger("io.nodejoin.agent");

    private final List<String> complaints = new CopyOnWriteArrayList<>();

    AgentLog() {
        logger.setUseParentHandlers(false);
        logger.setLevel(Level.WARNING);
        logger.addHandler(this);
    }

    /** Whether an agent has complained of this, naming that. */
    boolean tells(ErrorCode code, String what) {
        return complaints.stream().anyMatch(text -> text.startsWith(code.name()) && text.contains(what));
    }

    @Override
    public void publish(LogRecord entry) {
        complaints.add(String.valueOf(entry.getMessage()));
    }

    @Override
    public void flush() {
        // Nothing is held back.
    }

    @Override
    public void close() {
        logger.removeHandler(this);
    }
}

package io.nodejoin.gateway.session;

import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Single-flight report of an agent's connection to its join: one thread reports at a time; requests meanwhile cause one
 * more report.
 */
final class AgentNotification {
    private State state = State.IDLE;
    private @Nullable volatile Reported lastReported;

    private enum State {
        IDLE,
        RUNNING,
        RERUN_REQUESTED
    }

    private record Reported(AgentSession.Connection connection, String run) {}

    /** Requests a report. Returns true if the calling thread sends it. */
    synchronized boolean tryStart() {
        boolean quiet = state == State.IDLE;
        state = quiet ? State.RUNNING : State.RERUN_REQUESTED;
        return quiet;
    }

    /** Ends a report. Returns false if another one was requested meanwhile, which the calling thread then sends. */
    synchronized boolean tryFinish() {
        boolean current = state == State.RUNNING;
        state = current ? State.IDLE : State.RUNNING;
        return current;
    }

    /** Returns the run that knows a connection of the agent, if there is one; it may have closed since. */
    Optional<String> knownRun() {
        return Optional.ofNullable(lastReported).map(Reported::run);
    }

    /** Records that the run knows the connection. */
    void markReported(AgentSession.Connection connection, String run) {
        lastReported = new Reported(connection, run);
    }

    /**
     * Reports the connection to the run, unless that was the last report.
     *
     * @param report returns false if the run did not receive it
     */
    void reportOnce(AgentSession.Connection connection, String run, BooleanSupplier report) {
        Reported current = new Reported(connection, run);
        if (!current.equals(lastReported) && report.getAsBoolean()) {
            lastReported = current;
        }
    }
}

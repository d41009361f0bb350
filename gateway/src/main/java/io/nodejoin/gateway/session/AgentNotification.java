package io.nodejoin.gateway.session;

import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What a node's running join was last told of its agent. One caller tells at a time; news that comes meanwhile makes it tell once
 * more, however often it comes.
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

    /** There is news. True if the caller is the one to tell it. */
    synchronized boolean tryStart() {
        boolean quiet = state == State.IDLE;
        state = quiet ? State.RUNNING : State.RERUN_REQUESTED;
        return quiet;
    }

    /** Who tells has told. False if there was news meanwhile, and it is to tell once more. */
    synchronized boolean tryFinish() {
        boolean current = state == State.RUNNING;
        state = current ? State.IDLE : State.RUNNING;
        return current;
    }

    /**
     * Tells the run of this session, unless that is what was told last.
     *
     * @param report false if the run did not hear it
     */
    void reportOnce(AgentSession.Connection connection, String run, BooleanSupplier report) {
        Reported current = new Reported(connection, run);
        if (!current.equals(lastReported) && report.getAsBoolean()) {
            lastReported = current;
        }
    }
}

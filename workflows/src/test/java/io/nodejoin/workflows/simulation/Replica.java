package io.nodejoin.workflows.simulation;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** One process of the service: a worker for workflows and activities, and a gateway for agents. */
final class Replica {
    final String name;
    private final List<Fiber> fibers = new ArrayList<>();
    private boolean alive = true;
    private int starts = 1;
    private Instant pausedUntil = Instant.EPOCH;

    Replica(String name) {
        this.name = name;
    }

    boolean isAlive() {
        return alive;
    }

    /** Returns whether it runs and is not paused. */
    boolean isResponsive(Instant now) {
        return alive && !pausedUntil.isAfter(now);
    }

    Instant pausedUntil() {
        return pausedUntil;
    }

    void pauseUntil(Instant end) {
        pausedUntil = end;
    }

    void track(Fiber fiber) {
        fibers.removeIf(Fiber::ended);
        fibers.add(fiber);
    }

    void kill() {
        alive = false;
        List<Fiber> dying = List.copyOf(fibers);
        fibers.clear();
        dying.forEach(Fiber::kill);
    }

    void start() {
        alive = true;
        starts++;
    }

    /** The id of the process; another one after each start. */
    UUID process() {
        return new UUID(1, starts);
    }
}

package io.nodejoin.gateway.admission;

import io.nodejoin.gateway.config.AdmissionSettings;
import java.util.LinkedHashSet;
import java.util.Set;

/** A join that is under way. Guarded by the window's lock. */
final class ActiveJoin {
    private final long began;
    private final Origin origin;
    private final Set<Turn> turns = new LinkedHashSet<>();
    private boolean bound;
    private boolean commanded;
    private boolean running;
    private boolean silent;
    private int commands;

    /** Why it counts. */
    enum Origin {
        /** The window has admitted it. */
        ADMITTED,
        /** It began elsewhere or earlier, and counts while its agent runs a command that it has from here. */
        RESUMED
    }

    ActiveJoin(Origin origin, long began) {
        this.origin = origin;
        this.began = began;
    }

    long began() {
        return began;
    }

    /** The requests that hand their proofs over. */
    Set<Turn> turns() {
        return turns;
    }

    /** The join has taken a proof. */
    void bind() {
        bound = true;
    }

    /** Returns whether nobody hands over a proof any more, and none was taken. */
    boolean isRefused() {
        return !bound && turns.isEmpty() && origin == Origin.ADMITTED;
    }

    /** Counts a command. Returns whether it is the first one of an admitted join. */
    boolean addCommand() {
        commands++;
        boolean first = !commanded && origin == Origin.ADMITTED;
        commanded = true;
        return first;
    }

    /** The agent runs a command. */
    void run() {
        running = true;
    }

    /** Returns whether it takes a place of the window: a machine that is off does not. */
    boolean counts() {
        return origin == Origin.ADMITTED || running;
    }

    /** Ends a command. Returns whether the join counts no longer for that. */
    boolean removeCommand() {
        commands--;
        return commands == 0 && origin == Origin.RESUMED;
    }

    boolean hasCommand() {
        return commands > 0;
    }

    /** Returns true once if no command has come for too long. */
    boolean fallSilent(AdmissionSettings settings, long now) {
        if (silent || commanded || !bound || now - began <= settings.silence().toNanos()) {
            return false;
        }
        silent = true;
        return true;
    }

    boolean isExpired(AdmissionSettings settings, long now) {
        long age = now - began;
        return (origin == Origin.ADMITTED && age > settings.maxActive().toNanos())
                || (isRefused() && age > settings.startTimeout().toNanos());
    }
}

package io.nodejoin.testbed.chaos;

import io.nodejoin.protocol.join.JoinCancelled;
import io.nodejoin.protocol.join.JoinEvent.Outcome;
import io.nodejoin.protocol.join.JoinFailed;
import io.nodejoin.protocol.join.JoinSucceeded;
import java.util.List;

/** What a join is about to be, and how it ends if nothing fails. */
enum Course {
    /** The host is sound. */
    SOUND(JoinSucceeded.class),
    /** Its kubelet ends at once, so the join is taken back before there is a certificate. */
    BROKEN(JoinFailed.class),
    /** It waits for a condition that nobody sets and is cancelled when its Node is there. */
    UNWANTED(JoinCancelled.class),
    /** Its machine never comes: it ends by that, or is cancelled before. */
    ALONE(JoinFailed.class, JoinCancelled.class),
    /** The host is sound, and a step does not come to its end. */
    THWARTED(JoinFailed.class),
    /** The host is sound, and the join is cancelled in the middle of a step. */
    WITHDRAWN(JoinCancelled.class),
    /** The host is sound, and the workflow is terminated: nobody resets the host. */
    TERMINATED(JoinFailed.class),
    /** More fails than a join outlives, so any end is right that leaves nothing behind. */
    DOOMED(Outcome.class);

    /** A join whose host is broken is tried three times instead. */
    static final List<Course> OF_ONE_ATTEMPT = List.of(SOUND, UNWANTED);

    private final Class<? extends Outcome> end;
    private final Class<? extends Outcome> otherEnd;

    Course(Class<? extends Outcome> end) {
        this(end, end);
    }

    Course(Class<? extends Outcome> end, Class<? extends Outcome> otherEnd) {
        this.end = end;
        this.otherEnd = otherEnd;
    }

    /** Whether it ended so, and has left nothing behind that may not be. */
    boolean endsLike(Outcome outcome) {
        return this == DOOMED
                || ((end.isInstance(outcome) || otherEnd.isInstance(outcome))
                        && residue(outcome).stream().allMatch(this::mayLeave));
    }

    /** A name is held while a certificate lives. */
    private boolean mayLeave(String line) {
        return line.startsWith("Name: ") || (this == TERMINATED && line.startsWith("Host: not reset"));
    }

    private static List<String> residue(Outcome outcome) {
        return switch (outcome) {
            case JoinFailed failed -> failed.residue();
            case JoinCancelled cancelled -> cancelled.residue();
            default -> List.of();
        };
    }

    String expected() {
        return end == otherEnd ? end.getSimpleName() : end.getSimpleName() + " or " + otherEnd.getSimpleName();
    }
}

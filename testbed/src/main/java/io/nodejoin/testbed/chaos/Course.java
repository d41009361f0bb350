package io.nodejoin.testbed.chaos;

import io.nodejoin.protocol.join.JoinCancelled;
import io.nodejoin.protocol.join.JoinEvent.Outcome;
import io.nodejoin.protocol.join.JoinFailed;
import io.nodejoin.protocol.join.JoinSucceeded;

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
    /** More fails than a join outlives, so any end is right that leaves nothing behind. */
    DOOMED(Outcome.class);

    private final Class<? extends Outcome> end;
    private final Class<? extends Outcome> otherEnd;

    Course(Class<? extends Outcome> end) {
        this(end, end);
    }

    Course(Class<? extends Outcome> end, Class<? extends Outcome> otherEnd) {
        this.end = end;
        this.otherEnd = otherEnd;
    }

    boolean endsLike(Outcome outcome) {
        return end.isInstance(outcome) || otherEnd.isInstance(outcome);
    }

    String expected() {
        return end == otherEnd ? end.getSimpleName() : end.getSimpleName() + " or " + otherEnd.getSimpleName();
    }
}

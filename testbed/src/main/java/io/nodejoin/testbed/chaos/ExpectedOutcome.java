package io.nodejoin.testbed.chaos;

import io.nodejoin.protocol.event.JoinCancelled;
import io.nodejoin.protocol.event.JoinFailed;
import io.nodejoin.protocol.event.JoinSucceeded;
import io.nodejoin.protocol.event.LifecycleEvent.Outcome;
import java.util.List;

/** What a join is about to be, and how it ends if nothing fails. */
enum ExpectedOutcome {
    /** The host is sound. */
    SUCCESS(JoinSucceeded.class),
    /** Its kubelet ends at once, so the join is taken back before there is a certificate. */
    FAILURE(JoinFailed.class),
    /** It waits for a condition that nobody sets and is cancelled when its Node is there. */
    CANCELLATION(JoinCancelled.class),
    /** Its machine never comes: it ends by that, or is cancelled before. */
    HOST_ABSENT(JoinFailed.class, JoinCancelled.class),
    /** The host is sound, and a step does not come to its end. */
    STEP_FAILURE(JoinFailed.class),
    /** The host is sound, and the join is cancelled in the middle of a step. */
    CANCELLATION_DURING_STEP(JoinCancelled.class),
    /** The host is sound, and the workflow is terminated: nobody resets the host. */
    TERMINATION(JoinFailed.class),
    /** More fails than a join outlives, so any end is right that leaves nothing behind. */
    ANY(Outcome.class);

    /** A join whose host is broken is tried three times instead. */
    static final List<ExpectedOutcome> SINGLE_ATTEMPT = List.of(SUCCESS, CANCELLATION);

    private final Class<? extends Outcome> event;
    private final Class<? extends Outcome> alternative;

    ExpectedOutcome(Class<? extends Outcome> end) {
        this(end, end);
    }

    ExpectedOutcome(Class<? extends Outcome> end, Class<? extends Outcome> otherEnd) {
        this.event = end;
        this.alternative = otherEnd;
    }

    /** Whether it ended so, and has left nothing behind that may not be. */
    boolean isMetBy(Outcome outcome) {
        return this == ANY
                || ((event.isInstance(outcome) || alternative.isInstance(outcome))
                        && residue(outcome).stream().allMatch(this::isAllowedResidue));
    }

    /** A name is held while a certificate lives. */
    private boolean isAllowedResidue(String line) {
        return line.startsWith("Name: ") || (this == TERMINATION && line.startsWith("Host: not reset"));
    }

    private static List<String> residue(Outcome outcome) {
        return switch (outcome) {
            case JoinFailed failed -> failed.residue();
            case JoinCancelled cancelled -> cancelled.residue();
            default -> List.of();
        };
    }

    String description() {
        return event == alternative
                ? event.getSimpleName()
                : event.getSimpleName() + " or " + alternative.getSimpleName();
    }
}

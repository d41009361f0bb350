package io.nodejoin.testbed.chaos;

import io.nodejoin.protocol.event.JoinCancelled;
import io.nodejoin.protocol.event.JoinFailed;
import io.nodejoin.protocol.event.JoinSucceeded;
import io.nodejoin.protocol.event.LifecycleEvent.Outcome;
import java.util.List;

/** The kind of a join, and its outcome if nothing fails. */
enum ExpectedOutcome {
    /** The host is sound. */
    SUCCESS(JoinSucceeded.class),
    /** Its kubelet exits immediately, so the join is compensated before there is a certificate. */
    FAILURE(JoinFailed.class),
    /** It waits for a ready gate that is never met, and is cancelled when its Node exists. */
    CANCELLATION(JoinCancelled.class),
    /** Its host never enrolls: it fails by that, or is cancelled before. */
    HOST_ABSENT(JoinFailed.class, JoinCancelled.class),
    /** The host works, and a step does not complete. */
    STEP_FAILURE(JoinFailed.class),
    /** The host is sound, and the join is cancelled in the middle of a step. */
    CANCELLATION_DURING_STEP(JoinCancelled.class),
    /** The host is sound, and the join is cancelled about when it succeeds. */
    CANCELLATION_BESIDE_SUCCESS(JoinSucceeded.class, JoinCancelled.class),
    /** The host works, and the workflow is terminated. */
    TERMINATION(JoinFailed.class),
    /** The host is sound; the join waits for a ready gate that is never met, and its workflow is terminated then. */
    TERMINATION_WHILE_WAITING(JoinFailed.class),
    /** More fails than a join can survive, so any outcome is right that leaves nothing behind. */
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

    /** Returns whether the outcome matches, with no residue that is not allowed. */
    boolean isMetBy(Outcome outcome) {
        return this == ANY
                || ((event.isInstance(outcome) || alternative.isInstance(outcome))
                        && residue(outcome).stream().allMatch(ExpectedOutcome::isAllowedResidue));
    }

    /** A name may stay quarantined while a certificate is valid. */
    private static boolean isAllowedResidue(String line) {
        return line.startsWith("Name: ");
    }

    /** Whether its Node never becomes ready for the join. */
    boolean neverReady() {
        return this == CANCELLATION || this == TERMINATION_WHILE_WAITING;
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

package io.nodejoin.agent.journal;

/** A change of the host by a named step, and its undo. */
public record Change(String step, Undo undo) {

    /**
     * Merges this change with a repetition of the same step: keeps the first pre-image, and adds what was written
     * since.
     */
    Change mergeRetry(Change later) {
        return undo instanceof Undo.RestoreFile first && later.undo instanceof Undo.RestoreFile again
                ? new Change(step, first.withWritten(again.written()))
                : this;
    }
}

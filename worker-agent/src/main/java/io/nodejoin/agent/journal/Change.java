package io.nodejoin.agent.journal;

/** A change of the host by a named step, and the way back. */
public record Change(String step, Undo undo) {

    /** This one when the same step is begun again: the host before it stays the first one, and more was written since. */
    Change mergeRetry(Change later) {
        return undo instanceof Undo.RestoreFile first && later.undo instanceof Undo.RestoreFile again
                ? new Change(step, first.withWritten(again.written()))
                : this;
    }
}

package io.nodejoin.activities.kubernetes.preparation;

/**
 * What became of one object.
 *
 * @param object kind and name, with the namespace if it has one
 */
public record ApplyResult(String object, Change change) {
    /** Whether the object had to be touched. */
    public enum Change {
        created,
        changed,
        unchanged
    }
}

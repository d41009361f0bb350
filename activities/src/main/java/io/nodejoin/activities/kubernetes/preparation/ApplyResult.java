package io.nodejoin.activities.kubernetes.preparation;

/**
 * The result of applying one object.
 *
 * @param object kind and name, with the namespace if it has one
 */
public record ApplyResult(String object, Change change) {
    /** Whether the object was created, changed or unchanged. */
    public enum Change {
        created,
        changed,
        unchanged
    }
}

package io.nodejoin.activities;

/** Why a client library's call failed. The outer exceptions often say no more than that it did. */
public final class RootCause {
    private RootCause() {}

    /** The exception that began it: the last of the chain of causes. */
    public static Throwable find(Throwable thrown) {
        Throwable cause = thrown;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause;
    }

    /** Its message, or its simple class name if it has none. */
    public static String message(Throwable thrown) {
        Throwable cause = find(thrown);
        String message = cause.getMessage();
        return message == null ? cause.getClass().getSimpleName() : message;
    }
}

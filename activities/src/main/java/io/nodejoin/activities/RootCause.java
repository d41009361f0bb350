package io.nodejoin.activities;

/** Finds the cause of a client library's failure. The outer exceptions often say only that the call failed. */
public final class RootCause {
    private RootCause() {}

    /** Returns the last exception in the chain of causes. */
    public static Throwable find(Throwable thrown) {
        Throwable cause = thrown;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause;
    }

    /** Returns its message, or its simple class name if it has none. */
    public static String message(Throwable thrown) {
        Throwable cause = find(thrown);
        String message = cause.getMessage();
        return message == null ? cause.getClass().getSimpleName() : message;
    }
}

package io.nodejoin.service.collector;

/** Ends a cycle of a garbage collector that is no longer leader. */
public final class NotLeaderException extends RuntimeException {
    NotLeaderException(String message) {
        super(message);
    }
}

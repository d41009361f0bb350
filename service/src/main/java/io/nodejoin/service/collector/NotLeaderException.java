package io.nodejoin.service.collector;

/** Ends a sweep of a garbage collector that leads no more. */
public final class NotLeaderException extends RuntimeException {
    NotLeaderException(String message) {
        super(message);
    }
}

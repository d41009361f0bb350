package io.nodejoin.service.collector;

/** Ends a sweep of a janitor that leads no more. */
public final class NotLeadingException extends RuntimeException {
    NotLeadingException(String message) {
        super(message);
    }
}

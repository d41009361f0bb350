package io.nodejoin.service.intake;

/** Bytes that are no JSON within the limits. */
final class MalformedJsonException extends Exception {
    MalformedJsonException(String message) {
        super(message);
    }
}

package io.nodejoin.service.intake;

/** The bytes are not JSON within the limits. */
final class MalformedJsonException extends Exception {
    MalformedJsonException(String message) {
        super(message);
    }
}

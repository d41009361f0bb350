package io.nodejoin.protocol;

/**
 * A failure, for people and programs. The detail says what was observed; it never contains a secret.
 *
 * @param code the stable code, which has a meaning and a remedy
 * @param detail what failed and why, in one sentence that names the affected object
 */
public record Problem(ErrorCode code, String detail) {
    /** Returns code, detail and remedy on one line. */
    public String toLine() {
        return code + ": " + detail + ". To do: " + code.remedy();
    }
}

package io.nodejoin.protocol;

/**
 * One failure as people and programs read it. The detail says what was seen; it never holds a secret.
 *
 * @param code the stable code; its meaning and remedy are on the code
 * @param detail what failed and why, in one sentence that names the object concerned
 */
public record Problem(ErrorCode code, String detail) {
    /** Code, detail and what to do, on one line. */
    public String toLine() {
        return code + ": " + detail + ". To do: " + code.remedy();
    }
}

package io.nodejoin.service.intake;

import io.nodejoin.protocol.PlainText;
import java.util.regex.Pattern;

/** Sanitizes untrusted text for events and messages. */
final class UntrustedText {
    private static final int MAX_LENGTH = 256;
    private static final Pattern PRINTABLE_ASCII = Pattern.compile("[ -~]{1,256}");

    private UntrustedText() {}

    /** Replaces every character that is not plain. */
    static String sanitize(String text) {
        return PlainText.of(text);
    }

    /** Returns the beginning of the sanitized text; a valid name is never truncated. */
    static String excerpt(String text) {
        return text.codePointCount(0, text.length()) <= MAX_LENGTH
                ? sanitize(text)
                : sanitize(text.substring(0, text.offsetByCodePoints(0, MAX_LENGTH))) + "…";
    }

    /** Returns whether a name can be repeated unchanged. */
    static boolean isRepeatable(String name) {
        return PRINTABLE_ASCII.matcher(name).matches();
    }
}

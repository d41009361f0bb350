package io.nodejoin.service.intake;

import java.util.regex.Pattern;

/** What may be repeated, in events and to people, of a text that a stranger wrote. */
final class UntrustedText {
    private static final int MAX_LENGTH = 256;
    /** Moves a cursor, turns the direction of writing, hides, or is no character at all. */
    private static final Pattern NOT_PLAIN = Pattern.compile("[\\p{C}\\p{Zl}\\p{Zp}]");

    private static final Pattern PRINTABLE_ASCII = Pattern.compile("[ -~]{1,256}");

    private UntrustedText() {}

    /** The text with a replacement character for whatever is not plain. */
    static String sanitize(String text) {
        return NOT_PLAIN.matcher(text).replaceAll("\uFFFD");
    }

    /** The beginning of the plain text; a valid name is never cut. */
    static String excerpt(String text) {
        return text.codePointCount(0, text.length()) <= MAX_LENGTH
                ? sanitize(text)
                : sanitize(text.substring(0, text.offsetByCodePoints(0, MAX_LENGTH))) + "…";
    }

    /** Whether a name can be repeated as it is. */
    static boolean isRepeatable(String name) {
        return PRINTABLE_ASCII.matcher(name).matches();
    }
}

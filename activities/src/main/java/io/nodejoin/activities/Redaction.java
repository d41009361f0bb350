package io.nodejoin.activities;

import java.util.regex.Pattern;

/** Sanitizes untrusted text for history and logs. */
final class Redaction {
    private static final Pattern TOKEN = Pattern.compile("\\b([a-z0-9]{6})\\.[a-z0-9]{16}\\b");
    private static final int MAX_LENGTH = 400;

    private Redaction() {}

    /**
     * Returns the text on one line, without anything that looks like a bootstrap token, truncated to the length of a
     * sentence.
     */
    static String redact(String text) {
        String clean = TOKEN.matcher(text).replaceAll("$1.<redacted>").replaceAll("\\s+", " ");
        return clean.length() <= MAX_LENGTH ? clean : clean.substring(0, MAX_LENGTH) + "...";
    }
}

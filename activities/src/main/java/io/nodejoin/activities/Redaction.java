package io.nodejoin.activities;

import java.util.regex.Pattern;

/** Texts of others, made fit for history and logs. */
final class Redaction {
    private static final Pattern TOKEN = Pattern.compile("\\b([a-z0-9]{6})\\.[a-z0-9]{16}\\b");
    private static final int MAX_LENGTH = 400;

    private Redaction() {}

    /** The text without what looks like a bootstrap token, on one line, cut to a length that suits a sentence. */
    static String redact(String text) {
        String clean = TOKEN.matcher(text).replaceAll("$1.<redacted>").replaceAll("\\s+", " ");
        return clean.length() <= MAX_LENGTH ? clean : clean.substring(0, MAX_LENGTH) + "...";
    }
}

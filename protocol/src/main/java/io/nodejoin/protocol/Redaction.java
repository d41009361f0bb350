package io.nodejoin.protocol;

import java.util.List;
import java.util.regex.Pattern;

/** Removes what may be a credential from text that is logged, reported or recorded. */
public final class Redaction {
    private static final Pattern TOKEN = Pattern.compile("\\b([a-z0-9]{6})\\.[a-z0-9]{16}\\b");
    private static final Pattern BEARER = Pattern.compile("(?i)(bearer\\s+)\\S+");
    private static final int MAX_EXCERPT = 400;

    private Redaction() {}

    /** Returns the text with the secret half of each bootstrap token, and each bearer credential, replaced. */
    public static String redact(String text) {
        return BEARER.matcher(TOKEN.matcher(text).replaceAll("$1.<redacted>")).replaceAll("$1<redacted>");
    }

    /** Returns the redacted lines. */
    public static List<String> redact(List<String> lines) {
        return lines.stream().map(Redaction::redact).toList();
    }

    /** Returns the redacted text on one line, truncated to the length of a sentence. */
    public static String excerpt(String text) {
        String line = redact(text).replaceAll("\\s+", " ");
        return line.length() <= MAX_EXCERPT ? line : line.substring(0, MAX_EXCERPT) + "...";
    }
}

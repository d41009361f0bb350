package io.nodejoin.agent.host;

import java.util.List;
import java.util.regex.Pattern;

/** Removes what may be a bootstrap token from text that leaves the host. */
public final class Redactor {
    private static final Pattern TOKEN = Pattern.compile("\\b([a-z0-9]{6})\\.[a-z0-9]{16}\\b");
    private static final Pattern BEARER = Pattern.compile("(?i)(bearer\\s+)\\S+");

    private Redactor() {}

    /** Returns the text with the secret half of each token, and each bearer credential, replaced. */
    public static String redact(String text) {
        return BEARER.matcher(TOKEN.matcher(text).replaceAll("$1.<redacted>")).replaceAll("$1<redacted>");
    }

    /** Returns the redacted lines. */
    public static List<String> redact(List<String> lines) {
        return lines.stream().map(Redactor::redact).toList();
    }
}

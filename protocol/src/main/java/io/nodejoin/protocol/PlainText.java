package io.nodejoin.protocol;

import java.util.List;
import java.util.regex.Pattern;

/** Makes the text of strangers harmless for terminals, logs and pages. */
public final class PlainText {
    /** Characters that move a cursor, change the writing direction, hide text, or are not characters: C0, C1, bidi. */
    private static final Pattern NOT_PLAIN = Pattern.compile("[\\p{C}\\p{Zl}\\p{Zp}]");

    private PlainText() {}

    /** Returns the text on one line, with each character that is not plain replaced by U+FFFD, and tabs by spaces. */
    public static String of(String text) {
        return NOT_PLAIN.matcher(text.replace('\t', ' ')).replaceAll("\uFFFD");
    }

    /** Returns the lines as {@link #of(String)} does. */
    public static List<String> of(List<String> lines) {
        return lines.stream().map(PlainText::of).toList();
    }
}

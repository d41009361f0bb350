package io.nodejoin.cli;

import java.util.regex.Pattern;

/** Text of strangers, for a terminal: nothing in it moves the cursor or hides anything. */
final class PlainText {
    private static final Pattern NOT_PLAIN = Pattern.compile("[\\p{C}\\p{Zl}\\p{Zp}]");

    private PlainText() {}

    static String of(String text) {
        return NOT_PLAIN.matcher(text).replaceAll("\uFFFD");
    }
}

package io.nodejoin.protocol;

import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A regular language without look-around. It finds the first character at which a text leaves the language. */
public record Grammar(Pattern pattern) {

    /** Compiles a regular expression that must match a whole text. */
    public static Grammar of(String expression) {
        return new Grammar(Pattern.compile(expression));
    }

    /**
     * Returns the offset of the first character with which the text can no longer belong to the language; the length of
     * the text if it is only a prefix. Empty if the text belongs to the language.
     */
    @SuppressWarnings("JdkObsolete") // hitEnd tells whether more input could still match
    public OptionalInt firstMismatch(String text) {
        Matcher matcher = pattern.matcher(text);
        if (matcher.matches()) {
            return OptionalInt.empty();
        }
        int matched = 0;
        int mismatch = text.length() + 1;
        while (mismatch - matched > 1) {
            int length = (matched + mismatch) >>> 1;
            if (matcher.region(0, length).matches() || matcher.hitEnd()) {
                matched = length;
            } else {
                mismatch = length;
            }
        }
        return OptionalInt.of(matched);
    }
}

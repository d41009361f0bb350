package io.nodejoin.protocol;

import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A regular language without look-around, which can say where a text leaves it. */
public record Grammar(Pattern pattern) {

    /** The grammar of this regular expression, which must match a text as a whole. */
    public static Grammar of(String expression) {
        return new Grammar(Pattern.compile(expression));
    }

    /**
     * The offset of the first character from which on the text cannot belong to the language any more, whatever follows;
     * its length, if it ends too early. Empty if it belongs to the language.
     */
    @SuppressWarnings("JdkObsolete") // whether more text could still match is just what hitEnd is for
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

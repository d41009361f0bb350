package io.nodejoin.dashboard.access;

/** Texts of strangers, before they are shown or logged. */
final class Texts {
    private static final int MAX_LENGTH = 255;

    private Texts() {}

    /** Returns the text without control characters, and not longer than a line. */
    static String line(String text) {
        String plain = text.replaceAll("[\\p{Cntrl}\\p{Cf}]+", " ").strip();
        return plain.length() <= MAX_LENGTH ? plain : plain.substring(0, MAX_LENGTH) + "…";
    }
}

package io.nodejoin.dashboard;

/** How urgent something is. */
public enum Level {
    OK("ok", "●"),
    ATTENTION("attention", "▲"),
    BAD("problem", "■");

    private final String word;
    private final String shape;

    Level(String word, String shape) {
        this.word = word;
        this.shape = shape;
    }

    /** Returns the word that stands beside the colour. */
    public String word() {
        return word;
    }

    /** Returns the shape that stands beside the colour. */
    public String shape() {
        return shape;
    }

    /** Returns the more urgent one of two. */
    public Level or(Level other) {
        return compareTo(other) >= 0 ? this : other;
    }
}

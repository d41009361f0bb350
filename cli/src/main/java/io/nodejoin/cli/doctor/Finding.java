package io.nodejoin.cli.doctor;

/** What a check found out. */
public sealed interface Finding {
    /** What is so, in one sentence. */
    String summary();

    /** As it should be. */
    record Passed(String summary) implements Finding {}

    /** Joins work, but somebody should look at it. */
    record Warned(String summary, Advice advice) implements Finding {}

    /** Joins do not work, or not as safely as Nodejoin promises. */
    record Failed(String summary, Advice advice) implements Finding {}

    /**
     * What to make of it.
     *
     * @param why it matters
     * @param remedy the command that mends it, or what to do where there is none
     */
    record Advice(String why, String remedy) {}

    /** A failure with its advice. */
    static Finding failed(String what, String why, String remedy) {
        return new Failed(what, new Advice(why, remedy));
    }

    /** A warning with its advice. */
    static Finding warned(String what, String why, String remedy) {
        return new Warned(what, new Advice(why, remedy));
    }
}

package io.nodejoin.cli.doctor;

import org.jspecify.annotations.Nullable;

/** The result of a check. */
public sealed interface Finding {
    /** Returns what was found, in one sentence. */
    String summary();

    /** Returns what to do; null if there is nothing to do. */
    default @Nullable Advice advice() {
        return null;
    }

    /** The precondition is met. */
    record Passed(String summary) implements Finding {}

    /** Joins work, but the finding should be corrected. */
    record Warned(String summary, Advice advice) implements Finding {}

    /** Joins do not work, or not as safely as Nodejoin promises. */
    record Failed(String summary, Advice advice) implements Finding {}

    /**
     * What to do about a finding.
     *
     * @param why it matters
     * @param remedy the command that corrects it, or what to do if there is none
     */
    record Advice(String why, String remedy) {}

    /** Creates a failure with its advice. */
    static Finding failed(String what, String why, String remedy) {
        return new Failed(what, new Advice(why, remedy));
    }

    /** Creates a warning with its advice. */
    static Finding warned(String what, String why, String remedy) {
        return new Warned(what, new Advice(why, remedy));
    }
}

package io.nodejoin.visibility.join;

import java.util.function.Function;

/** The answer to a question about joins. */
public sealed interface Lookup<T> {
    /** Returns the answer with its value mapped; any other answer as it is. */
    default <R> Lookup<R> map(Function<? super T, ? extends R> mapping) {
        return switch (this) {
            case Found<T>(T value) -> new Found<>(mapping.apply(value));
            case NotFound<T>(String detail) -> new NotFound<>(detail);
            case Unreachable<T>(Source source, String detail) -> new Unreachable<>(source, detail);
        };
    }

    /** The value. */
    record Found<T>(T value) implements Lookup<T> {}

    /**
     * Temporal does not know the join: it never was, or its retention is over.
     *
     * @param detail a sentence that names what was asked for
     */
    record NotFound<T>(String detail) implements Lookup<T> {}

    /**
     * Nobody answered.
     *
     * @param detail a sentence that says what could not be reached and how it failed
     */
    record Unreachable<T>(Source source, String detail) implements Lookup<T> {}

    /** Who did not answer. */
    enum Source {
        /** Temporal's frontend: check its address and whether it runs. */
        TEMPORAL,
        /** A worker of Nodejoin, which answers queries and updates: check whether the service runs. */
        WORKER
    }
}

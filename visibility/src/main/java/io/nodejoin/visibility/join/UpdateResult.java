package io.nodejoin.visibility.join;

import io.nodejoin.protocol.Problem;

/** What came of a request to change a running join or leave, such as to abort it. */
public sealed interface UpdateResult<T> {
    /** It is done, or is being done. */
    record Accepted<T>(T value) implements UpdateResult<T> {}

    /** The join does not allow it, at least not in its phase. */
    record Refused<T>(Problem problem) implements UpdateResult<T> {}

    /** No join or leave of the node is running. */
    record NothingRuns<T>(String detail) implements UpdateResult<T> {}

    /** Nobody answered in time; it may or may not have been done. */
    record Unanswered<T>(Lookup.Source source, String detail) implements UpdateResult<T> {}
}

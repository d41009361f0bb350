package io.nodejoin.visibility.join;

import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.Problem;

/** What came of the request to abort a join or leave. */
public sealed interface AbortResult {
    /** It is taken back now, and ends as cancelled. */
    record Accepted(JoinId joinId) implements AbortResult {}

    /** It cannot be aborted any more, or is aborted already. */
    record Refused(Problem problem) implements AbortResult {}

    /** No join or leave of the node is running. */
    record NothingRuns(String detail) implements AbortResult {}

    /** Nobody answered in time; it may or may not be aborted. */
    record Unanswered(Lookup.Source source, String detail) implements AbortResult {}
}

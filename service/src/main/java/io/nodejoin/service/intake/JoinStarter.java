package io.nodejoin.service.intake;

import io.nodejoin.protocol.Problem;
import io.nodejoin.workflows.lifecycle.JoinRequest;
import io.nodejoin.workflows.lifecycle.NodeRequest;
import java.util.Optional;

/** Starts and cancels joins and leaves. An exception means that the result is unknown; the caller retries. */
public interface JoinStarter {

    /**
     * Starts the request, unless it, or one of the same node that is not older, is known; it supersedes an older running one.
     * Idempotent.
     */
    StartResult start(RequestDecision.Start start);

    /**
     * Starts the join only if nothing runs for the node, so that no request is aborted for it. Idempotent; never
     * returns {@link StartResult.Queued}.
     */
    StartResult startIfIdle(JoinRequest request);

    /** Returns whether this request was started or queued before, as far as Temporal knows. */
    boolean isKnown(NodeRequest request);

    /** Aborts the join of a node. Returns why there is nothing to abort, or empty if a running join was told. Idempotent. */
    Optional<Problem> cancel(RequestDecision.Cancel cancel);

    /** The result of a start. */
    sealed interface StartResult {
        /** The workflow runs. */
        record Started() implements StartResult {}

        /** The request follows the running one, which is aborted for it. */
        record Queued() implements StartResult {}

        /** The same event has started it before. */
        record Duplicate() implements StartResult {}

        /** A newer request for the node is known, or one runs that this one may not replace. */
        record Refused(Problem problem) implements StartResult {}
    }
}

package io.nodejoin.service.intake;

import io.nodejoin.protocol.Problem;
import io.nodejoin.workflows.lifecycle.JoinRequest;
import io.nodejoin.workflows.lifecycle.NodeRequest;

/** Starts and cancels joins. Any exception means that it could not be found out whether it worked: ask again. */
public interface JoinStarter {

    /**
     * Starts the join unless it, or one of the same node that is not older, is known; an older one that runs gives way to it.
     * A second call finds the first one's join.
     */
    StartResult start(RequestDecision.Start start);

    /**
     * Starts the join only if the node has nothing under way: what somebody asked for is not given up for it. A second call finds
     * the first one's join; the answer is never {@link StartResult.Queued}.
     */
    StartResult startIfIdle(JoinRequest request);

    /** Whether this very request was started or handed over before, as far as Temporal remembers. */
    boolean isKnown(NodeRequest request);

    /** Gives up the join of a node. None under way, or one that is ending anyway, is left alone; repeats are harmless. */
    void cancel(RequestDecision.Cancel cancel);

    /** What became of a start. */
    sealed interface StartResult {
        /** The join runs. */
        record Started() implements StartResult {}

        /** It follows the join that holds the node, which is given up for it. */
        record Queued() implements StartResult {}

        /** The same event started it earlier. */
        record Duplicate() implements StartResult {}

        /** There was a request for the node that is not older. */
        record Superseded(Problem problem) implements StartResult {}
    }
}

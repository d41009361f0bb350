package io.nodejoin.dashboard;

import io.nodejoin.protocol.JoinId;
import io.nodejoin.visibility.join.UpdateResult;
import io.nodejoin.workflows.lifecycle.AbortRequest;
import io.nodejoin.workflows.lifecycle.DeadlineExtension;
import io.nodejoin.workflows.lifecycle.ExtendedDeadline;
import io.nodejoin.workflows.node.NodeRef;
import io.nodejoin.workflows.pool.PoolRef;
import io.nodejoin.workflows.pool.PoolStatus;

/** What operators do. Each has a line in the audit log before it happens. */
public interface Operations {
    /** Aborts the running join or leave of a node. */
    UpdateResult<JoinId> abort(NodeRef node, AbortRequest request);

    /** Gives the running join of a node a later deadline. */
    UpdateResult<ExtendedDeadline> extendDeadline(NodeRef node, DeadlineExtension extension);

    /** Sets whether joins take no more machines of a pool. Idempotent. */
    UpdateResult<PoolStatus> setDraining(PoolRef pool, boolean draining, String operator);

    /** Publishes the refused record at this place of the dead-letter topic again, byte for byte. */
    ReplayResult replay(int partition, long offset, String operator);

    /** What came of a replay. */
    sealed interface ReplayResult {
        /**
         * It is on the requests topic.
         *
         * @param position where the record is now: topic-partition@offset
         */
        record Published(String position) implements ReplayResult {}

        /**
         * It cannot be published again.
         *
         * @param detail a sentence that says why
         */
        record Impossible(String detail) implements ReplayResult {}

        /**
         * Kafka or the audit log did not answer.
         *
         * @param detail a sentence that says why
         */
        record Unavailable(String detail) implements ReplayResult {}
    }
}

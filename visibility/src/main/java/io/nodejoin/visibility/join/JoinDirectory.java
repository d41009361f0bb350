package io.nodejoin.visibility.join;

import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.Phase;
import io.nodejoin.protocol.event.JoinRequested;
import io.nodejoin.workflows.lifecycle.AbortRequest;
import io.nodejoin.workflows.lifecycle.DeadlineExtension;
import io.nodejoin.workflows.lifecycle.ExtendedDeadline;
import io.nodejoin.workflows.lifecycle.JoinProgress;
import io.nodejoin.workflows.node.NodeRef;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Joins and leaves: lists, counts, one in detail, and what an operator changes of it. Each call blocks until there is an answer. */
public interface JoinDirectory {
    /** Returns one page of those that pass the filter: the open ones first, then the newest. */
    Lookup<JoinPage> list(JoinFilter filter, int pageSize, PageToken page);

    /** Returns how many pass the filter. */
    Lookup<Long> count(JoinFilter filter);

    /** Returns how many pass the filter in each of these phases. */
    Lookup<Map<Phase, Long>> countByPhase(JoinFilter filter, Set<Phase> phases);

    /** Returns when the oldest of those that pass the filter started; empty if none passes. Looks at few pages only. */
    Lookup<Optional<Instant>> oldest(JoinFilter filter, Instant now);

    /** Returns the progress of the latest join or leave of a node, which a worker of Nodejoin answers. */
    Lookup<JoinProgress> progress(NodeRef node);

    /** Returns everything that is known of the latest join or leave of a node. */
    Lookup<JoinDetails> details(NodeRef node);

    /** Returns the joins and leaves of a node that Temporal still has, the newest first; at least one. */
    Lookup<List<JoinSummary>> requests(NodeRef node);

    /** Returns what the latest join of a node was requested with; not found if its latest request is a leave. */
    Lookup<JoinRequested> request(NodeRef node);

    /** Aborts the running join or leave of a node; returns its id once it has accepted or refused. */
    UpdateResult<JoinId> abort(NodeRef node, AbortRequest request);

    /** Gives the running join of a node a later deadline; returns once it has accepted or refused. */
    UpdateResult<ExtendedDeadline> extendDeadline(NodeRef node, DeadlineExtension extension);
}

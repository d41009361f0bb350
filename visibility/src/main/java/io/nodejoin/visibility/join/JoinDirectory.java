package io.nodejoin.visibility.join;

import io.nodejoin.protocol.Phase;
import io.nodejoin.workflows.lifecycle.AbortRequest;
import io.nodejoin.workflows.lifecycle.JoinProgress;
import io.nodejoin.workflows.node.NodeRef;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Joins and leaves: lists, counts, one in detail, and its abort. Each call blocks until there is an answer. */
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

    /** Aborts the running join or leave of a node; returns once it has accepted or refused. */
    AbortResult abort(NodeRef node, AbortRequest request);
}

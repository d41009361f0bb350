package io.nodejoin.workflows.lifecycle;

import io.temporal.common.SearchAttributeKey;
import java.util.List;

/** The search attributes of a join. All are keywords and must be registered in the namespace before the first start. */
public final class JoinSearchAttributes {
    /** The cluster's name, set at the start. */
    public static final SearchAttributeKey<String> CLUSTER = SearchAttributeKey.forKeyword("NodeJoinCluster");
    /** The node's name, set at the start. */
    public static final SearchAttributeKey<String> NODE = SearchAttributeKey.forKeyword("NodeJoinNode");
    /** The {@link io.nodejoin.protocol.Phase} reached last, set by the workflow. */
    public static final SearchAttributeKey<String> PHASE = SearchAttributeKey.forKeyword("NodeJoinPhase");
    /** The {@link io.nodejoin.protocol.ErrorCode} of a join that is compensated, set by the workflow. */
    public static final SearchAttributeKey<String> REASON = SearchAttributeKey.forKeyword("NodeJoinReason");
    /** The {@link io.nodejoin.protocol.PoolName} of the request, set at the start if the request names one. */
    public static final SearchAttributeKey<String> POOL = SearchAttributeKey.forKeyword("NodeJoinPool");

    private JoinSearchAttributes() {}

    /** All of them, for registration. */
    public static List<SearchAttributeKey<String>> all() {
        return List.of(CLUSTER, NODE, PHASE, REASON, POOL);
    }
}

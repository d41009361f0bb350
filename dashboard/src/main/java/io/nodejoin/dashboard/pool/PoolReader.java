package io.nodejoin.dashboard.pool;

import io.nodejoin.visibility.join.JoinDirectory;
import io.nodejoin.visibility.join.Lookup;
import io.nodejoin.visibility.pool.PoolDirectory;
import io.nodejoin.workflows.lifecycle.JoinProgress;
import io.nodejoin.workflows.node.NodeRef;
import io.nodejoin.workflows.pool.BindRequest;
import io.nodejoin.workflows.pool.PoolStatus;
import java.util.List;
import java.util.Optional;

/** Reads the pools, with the reasons why joins wait. */
public final class PoolReader {
    /** So many of the joins that wait are asked why: each is a query to a worker. */
    private static final int MAX_REASONS = 10;

    private final PoolDirectory pools;
    private final JoinDirectory joins;

    public PoolReader(PoolDirectory pools, JoinDirectory joins) {
        this.pools = pools;
        this.joins = joins;
    }

    /** Returns all pools, by cluster and name. Blocks for a few seconds at most. */
    public Lookup<List<PoolView>> read() {
        return pools.pools().map(this::views);
    }

    private List<PoolView> views(List<PoolStatus> found) {
        Reasons reasons = new Reasons();
        return found.stream()
                .map(pool -> PoolView.of(
                        pool,
                        request -> reasons.of(new NodeRef(pool.pool().cluster(), request.node()), request)
                                .orElse(null)))
                .toList();
    }

    /** Asks until nobody answers. */
    private final class Reasons {
        private int left = MAX_REASONS;

        Optional<String> of(NodeRef node, BindRequest request) {
            if (left == 0) {
                return Optional.empty();
            }
            left--;
            return switch (joins.progress(node)) {
                case Lookup.Found<JoinProgress>(JoinProgress progress) ->
                    progress.joinId().equals(request.joinId()) ? Optional.of(progress.waitingFor()) : Optional.empty();
                case Lookup.NotFound<JoinProgress> _ -> Optional.empty();
                case Lookup.Unreachable<JoinProgress> _ -> {
                    left = 0;
                    yield Optional.empty();
                }
            };
        }
    }
}

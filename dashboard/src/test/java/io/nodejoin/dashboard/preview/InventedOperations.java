package io.nodejoin.dashboard.preview;

import io.nodejoin.dashboard.Operations;
import io.nodejoin.protocol.JoinId;
import io.nodejoin.visibility.join.Lookup;
import io.nodejoin.visibility.join.UpdateResult;
import io.nodejoin.workflows.lifecycle.AbortRequest;
import io.nodejoin.workflows.lifecycle.DeadlineExtension;
import io.nodejoin.workflows.lifecycle.ExtendedDeadline;
import io.nodejoin.workflows.node.NodeRef;
import io.nodejoin.workflows.pool.PoolRef;
import io.nodejoin.workflows.pool.PoolStatus;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Changes the invented joins, and notes what else it would do. */
final class InventedOperations implements Operations {
    private final InventedJoins joins;
    private final InventedPools pools;
    private final List<String> done = new CopyOnWriteArrayList<>();

    InventedOperations(InventedJoins joins, InventedPools pools) {
        this.joins = joins;
        this.pools = pools;
    }

    @Override
    public UpdateResult<JoinId> abort(NodeRef node, AbortRequest request) {
        return joins.abort(node, request);
    }

    @Override
    public UpdateResult<ExtendedDeadline> extendDeadline(NodeRef node, DeadlineExtension extension) {
        return joins.extendDeadline(node, extension);
    }

    @Override
    public UpdateResult<PoolStatus> setDraining(PoolRef pool, boolean draining, String operator) {
        return switch (pools.setDraining(pool, draining)) {
            case Lookup.Found<PoolStatus>(PoolStatus status) -> {
                done.add((draining ? "drain by " : "undrain by ") + operator);
                yield new UpdateResult.Accepted<>(status);
            }
            case Lookup.NotFound<PoolStatus>(String detail) -> new UpdateResult.NothingRuns<>(detail);
            case Lookup.Unreachable<PoolStatus>(Lookup.Source source, String detail) ->
                new UpdateResult.Unanswered<>(source, detail);
        };
    }

    @Override
    public ReplayResult replay(int partition, long offset, String operator) {
        done.add(partition + "@" + offset + " by " + operator);
        return new ReplayResult.Published("nodejoin.requests.v1-0@99");
    }

    List<String> done() {
        return List.copyOf(done);
    }
}

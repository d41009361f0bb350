package io.nodejoin.dashboard.preview;

import io.nodejoin.dashboard.Operations;
import io.nodejoin.protocol.JoinId;
import io.nodejoin.visibility.join.UpdateResult;
import io.nodejoin.workflows.lifecycle.AbortRequest;
import io.nodejoin.workflows.lifecycle.DeadlineExtension;
import io.nodejoin.workflows.lifecycle.ExtendedDeadline;
import io.nodejoin.workflows.node.NodeRef;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Changes the invented joins, and notes what it would publish again. */
final class InventedOperations implements Operations {
    private final InventedJoins joins;
    private final List<String> replayed = new CopyOnWriteArrayList<>();

    InventedOperations(InventedJoins joins) {
        this.joins = joins;
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
    public ReplayResult replay(int partition, long offset, String operator) {
        replayed.add(partition + "@" + offset + " by " + operator);
        return new ReplayResult.Published("nodejoin.requests.v1-0@99");
    }

    List<String> replayed() {
        return List.copyOf(replayed);
    }
}

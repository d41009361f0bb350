package io.nodejoin.service.collector;

import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.Problem;
import io.nodejoin.workflows.cleanup.CleanupRequest;
import io.nodejoin.workflows.cleanup.OrphanActivities;
import io.nodejoin.workflows.cleanup.OrphanState;
import io.nodejoin.workflows.failure.FailureType;
import io.nodejoin.workflows.failure.Failures;
import java.util.List;
import java.util.function.Function;

/** Reads from cluster and Temporal what an ended request has left, and decides what of it has to stay. */
final class OrphanInspector implements OrphanActivities {
    private final Function<ClusterName, ClusterOrphans> clusters;
    private final WorkflowStatuses workflows;

    OrphanInspector(Function<ClusterName, ClusterOrphans> clusters, WorkflowStatuses workflows) {
        this.clusters = clusters;
        this.workflows = workflows;
    }

    @Override
    public OrphanState inspect(CleanupRequest request) {
        ClusterOrphans cluster = clusters.apply(request.node().cluster());
        List<OrphanedJoin> listed = cluster.list();
        return listed.stream()
                .filter(orphan -> orphan.joinId().equals(request.joinId()))
                .findFirst()
                .map(orphan -> inspect(cluster, listed, orphan))
                .orElseGet(() -> new OrphanState.InCharge("nothing of it is left"));
    }

    @Override
    public void deletePublished(CleanupRequest request) {
        ClusterOrphans cluster = clusters.apply(request.node().cluster());
        cluster.list().stream()
                .filter(orphan -> orphan.joinId().equals(request.joinId()))
                .filter(orphan -> workflows.status(orphan) instanceof WorkflowStatus.Closed closed
                        && OrphanedOutcomes.isPublished(orphan.pending(), closed))
                .map(OrphanedJoin::pending)
                .forEach(cluster::delete);
    }

    private OrphanState inspect(ClusterOrphans cluster, List<OrphanedJoin> listed, OrphanedJoin orphan) {
        return switch (workflows.status(orphan)) {
            case WorkflowStatus.Running _ -> new OrphanState.InCharge("its workflow runs");
            case WorkflowStatus.OtherNamespace(String why) -> new OrphanState.InCharge(why);
            case WorkflowStatus.Unknown(String why) -> new OrphanState.InCharge(why);
            case WorkflowStatus.Unreachable(String why) ->
                throw Failures.of(FailureType.UNAVAILABLE, new Problem(ErrorCode.TEMPORAL_UNAVAILABLE, why));
            case WorkflowStatus.Closed closed ->
                orphan.isLeave()
                        ? new LeaveInspection(cluster, orphan, closed).inspect()
                        : new JoinInspection(cluster, listed, orphan, closed).inspect();
        };
    }
}

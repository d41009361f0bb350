package io.nodejoin.service.collector;

import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Workflow statuses of one cycle: once Temporal is unreachable, it is not queried for the other joins. */
final class CycleWorkflowStatuses implements WorkflowStatuses {
    private static final Logger LOG = LoggerFactory.getLogger(CycleWorkflowStatuses.class);

    private final WorkflowStatuses workflows;
    private WorkflowStatus.@Nullable Unreachable unavailable;

    CycleWorkflowStatuses(WorkflowStatuses workflows) {
        this.workflows = workflows;
    }

    @Override
    public WorkflowStatus status(OrphanedJoin orphan) {
        return ask(orphan, workflows::status);
    }

    @Override
    public WorkflowStatus quickStatus(OrphanedJoin orphan) {
        return ask(orphan, workflows::quickStatus);
    }

    private WorkflowStatus ask(OrphanedJoin orphan, Function<OrphanedJoin, WorkflowStatus> question) {
        if (unavailable != null) {
            return unavailable;
        }
        WorkflowStatus status = question.apply(orphan);
        if (status instanceof WorkflowStatus.Unreachable unreachable) {
            LOG.info("Temporal is unavailable ({}): all other joins count as running", unreachable.why());
            unavailable = unreachable;
        }
        return status;
    }
}

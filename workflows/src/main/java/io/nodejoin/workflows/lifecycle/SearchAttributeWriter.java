package io.nodejoin.workflows.lifecycle;

import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.Phase;
import io.nodejoin.protocol.Problem;
import io.nodejoin.workflows.temporal.LocalActivities;
import io.temporal.common.SearchAttributeUpdate;
import io.temporal.workflow.Workflow;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Writes phase and reason into the run's search attributes. Of the phases of one workflow task it writes the last one. */
final class SearchAttributeWriter {
    private final LocalActivities localActivities;
    private @Nullable Phase phase;
    private @Nullable ErrorCode reason;
    private @Nullable ErrorCode writtenReason;
    private boolean writing;

    SearchAttributeWriter(LocalActivities localActivities) {
        this.localActivities = localActivities;
    }

    void write(Phase newest, @Nullable Problem problem) {
        phase = newest;
        reason = problem == null ? null : problem.code();
        if (!writing) {
            writing = true;
            localActivities.reportAfterwards(this::writeNewest);
        }
    }

    /** Returns once what was written last is among the commands of the workflow task. */
    void awaitWritten() {
        Workflow.newDetachedCancellationScope(() -> Workflow.await(() -> !writing))
                .run();
    }

    private void writeNewest() {
        writing = false;
        List<SearchAttributeUpdate<?>> updates = new ArrayList<>();
        updates.add(JoinSearchAttributes.PHASE.valueSet(String.valueOf(phase)));
        if (reason != writtenReason) {
            updates.add(
                    reason == null
                            ? JoinSearchAttributes.REASON.valueUnset()
                            : JoinSearchAttributes.REASON.valueSet(reason.name()));
        }
        writtenReason = reason;
        Workflow.upsertTypedSearchAttributes(updates.toArray(SearchAttributeUpdate<?>[]::new));
    }
}

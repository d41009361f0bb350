package io.nodejoin.workflows.scenario;

import io.nodejoin.workflows.cleanup.CleanupRequest;
import io.nodejoin.workflows.cleanup.OrphanActivities;
import io.nodejoin.workflows.cleanup.OrphanState;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** Tells of an ended request what a test says. */
final class FakeOrphans implements OrphanActivities {
    Supplier<OrphanState> state = () -> new OrphanState.InCharge("nothing is left");
    final List<CleanupRequest> deleted = new ArrayList<>();

    @Override
    public OrphanState inspect(CleanupRequest request) {
        return state.get();
    }

    @Override
    public void deletePublished(CleanupRequest request) {
        deleted.add(request);
    }
}

package io.nodejoin.testbed.chaos;

import io.nodejoin.protocol.event.LifecycleEvent.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** Schedules faults so that each hits running joins. */
final class KillSchedule {
    private final Function<List<InFlightJoin>, List<Outcome>> ends;
    private final List<String> failures = new ArrayList<>();

    /** @param ends returns the outcomes of those joins that have ended */
    KillSchedule(Function<List<InFlightJoin>, List<Outcome>> ends) {
        this.ends = ends;
    }

    /** Strikes, and remembers it if that meets none of these joins. */
    void inject(String name, List<InFlightJoin> joins, Runnable fault) {
        if (ends.apply(joins).size() == joins.size()) {
            failures.add(name + " was injected when none of " + joins.size() + " joins was under way");
        }
        fault.run();
    }

    /** The faults that have met no join. */
    List<String> failures() {
        return List.copyOf(failures);
    }
}

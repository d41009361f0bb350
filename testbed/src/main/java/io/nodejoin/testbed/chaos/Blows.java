package io.nodejoin.testbed.chaos;

import io.nodejoin.protocol.join.JoinEvent.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** Blows, each of which is to meet joins that are under way. */
final class Blows {
    private final Function<List<Going>, List<Outcome>> ends;
    private final List<String> failures = new ArrayList<>();

    /**
     * @param ends tells the ends of those of some joins that have ended
     */
    Blows(Function<List<Going>, List<Outcome>> ends) {
        this.ends = ends;
    }

    /** Strikes, and remembers it if that meets none of these joins. */
    void strike(String name, List<Going> joins, Runnable blow) {
        if (ends.apply(joins).size() == joins.size()) {
            failures.add(name + " struck when none of " + joins.size() + " joins was under way");
        }
        blow.run();
    }

    /** The blows that have met no join. */
    List<String> failures() {
        return List.copyOf(failures);
    }
}

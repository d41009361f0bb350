package io.nodejoin.dashboard.preview;

import io.nodejoin.dashboard.preview.InventedJoins.InventedJoin;
import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.Phase;
import io.nodejoin.protocol.event.JoinFailed;
import io.nodejoin.protocol.event.JoinPhaseChanged;
import io.nodejoin.protocol.event.JoinSucceeded;
import io.nodejoin.protocol.event.LifecycleEvent;
import io.nodejoin.protocol.event.PhaseTime;
import io.nodejoin.visibility.event.PublishedEvent;
import io.nodejoin.visibility.event.RecentEvents;
import io.nodejoin.visibility.join.JoinSummary;
import java.util.List;
import java.util.Objects;

/** The events that invented joins would have published. */
public final class InventedEvents {
    private InventedEvents() {}

    /** Publishes the events of all these joins, the oldest join first. */
    public static void publish(List<InventedJoin> joins, RecentEvents events) {
        joins.reversed().forEach(join -> publish(join, events));
    }

    private static void publish(InventedJoin join, RecentEvents events) {
        JoinSummary summary = join.summary();
        JoinId id = Objects.requireNonNull(summary.joinId());
        for (PhaseTime phase : join.phases()) {
            events.add(new PublishedEvent(id + "/" + phase.phase(), phase.at(), event(join, id, phase)));
        }
    }

    private static LifecycleEvent.Outcome event(InventedJoin join, JoinId id, PhaseTime phase) {
        JoinSummary summary = join.summary();
        if (phase.phase() == Phase.Joined) {
            return new JoinSucceeded(
                    summary.node().cluster(), summary.node().name(), id, "uid-" + id, join.phases(), null, null);
        }
        if (phase.phase() == Phase.Failed && join.problem() != null) {
            return new JoinFailed(
                    summary.node().cluster(),
                    summary.node().name(),
                    id,
                    join.problem().code(),
                    join.problem().code().reasonClass(),
                    join.problem().detail(),
                    true,
                    null,
                    false,
                    List.of(),
                    List.of(),
                    join.phases(),
                    null);
        }
        return new JoinPhaseChanged(
                summary.node().cluster(),
                summary.node().name(),
                id,
                phase.phase(),
                phase.at(),
                phase.phase() == Phase.Compensating && join.problem() != null
                        ? join.problem().code()
                        : null);
    }
}

package io.nodejoin.activities.host;

import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What a node's running join was last told of its agent. One caller looks and tells at a time; the others wait. */
final class Announcement {
    private @Nullable Told told;

    private record Told(NodeMailbox.Session session, String run) {}

    /**
     * Tells the run that holds the node now of this session, unless it is what was told last.
     *
     * @param running looks for the run
     * @param tell false if no run was there to hear it
     */
    synchronized void tellOnce(NodeMailbox.Session session, Supplier<Optional<String>> running, BooleanSupplier tell) {
        running.get()
                .map(run -> new Told(session, run))
                .filter(news -> !news.equals(told) && tell.getAsBoolean())
                .ifPresent(news -> told = news);
    }
}

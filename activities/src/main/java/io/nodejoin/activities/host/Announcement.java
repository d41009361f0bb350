package io.nodejoin.activities.host;

import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** What a node's running join was last told of its agent. One caller tells at a time; the others wait. */
final class Announcement {
    private @Nullable Told told;

    private record Told(NodeMailbox.Session session, String run) {}

    /**
     * Tells the run of this session, unless that is what was told last.
     *
     * @param tell false if the run did not hear it
     */
    synchronized void tellOnce(NodeMailbox.Session session, String run, BooleanSupplier tell) {
        Told news = new Told(session, run);
        if (!news.equals(told) && tell.getAsBoolean()) {
            told = news;
        }
    }
}

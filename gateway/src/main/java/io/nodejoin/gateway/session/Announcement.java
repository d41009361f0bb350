package io.nodejoin.gateway.session;

import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What a node's running join was last told of its agent. One caller tells at a time; news that comes meanwhile makes it tell once
 * more, however often it comes.
 */
final class Announcement {
    private State state = State.QUIET;
    private @Nullable volatile Told told;

    private enum State {
        QUIET,
        UNDER_WAY,
        OVERTAKEN
    }

    private record Told(NodeMailbox.Session session, String run) {}

    /** There is news. True if the caller is the one to tell it. */
    synchronized boolean begin() {
        boolean quiet = state == State.QUIET;
        state = quiet ? State.UNDER_WAY : State.OVERTAKEN;
        return quiet;
    }

    /** Who tells has told. False if there was news meanwhile, and it is to tell once more. */
    synchronized boolean end() {
        boolean current = state == State.UNDER_WAY;
        state = current ? State.QUIET : State.UNDER_WAY;
        return current;
    }

    /**
     * Tells the run of this session, unless that is what was told last.
     *
     * @param tell false if the run did not hear it
     */
    void tellOnce(NodeMailbox.Session session, String run, BooleanSupplier tell) {
        Told news = new Told(session, run);
        if (!news.equals(told) && tell.getAsBoolean()) {
            told = news;
        }
    }
}

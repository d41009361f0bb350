package io.nodejoin.testbed.links;

import static eu.rekawek.toxiproxy.model.ToxicDirection.DOWNSTREAM;
import static eu.rekawek.toxiproxy.model.ToxicDirection.UPSTREAM;

import eu.rekawek.toxiproxy.model.ToxicDirection;
import java.util.Locale;

/**
 * In which way a link is broken. Connections can be made all the while. When it is over, those that have lost something end, but for
 * {@link #HALF_OPEN}.
 */
public enum NetworkFault {
    /** Nothing passes in either direction. */
    PARTITION(UPSTREAM),
    /** What is asked is lost. */
    LOST_REQUESTS(UPSTREAM),
    /** What is asked arrives, and the answer is lost. */
    LOST_RESPONSES(DOWNSTREAM),
    /** Answers arrive when nobody waits for them any more. */
    LATE_RESPONSES(DOWNSTREAM),
    /** Whoever asks loses the connection. */
    RESET(UPSTREAM),
    /**
     * Nothing passes in either direction, and afterwards nothing ever does on the connections that were there; nobody is told that they
     * are at their end.
     */
    HALF_OPEN(UPSTREAM);

    private final ToxicDirection affectedDirection;

    NetworkFault(ToxicDirection met) {
        this.affectedDirection = met;
    }

    /** In lower-case letters and hyphens. */
    public String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** The direction of what it takes from somebody for certain, if anything comes at all. */
    ToxicDirection affectedDirection() {
        return affectedDirection;
    }
}

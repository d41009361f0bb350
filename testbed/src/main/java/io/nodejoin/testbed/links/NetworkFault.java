package io.nodejoin.testbed.links;

import static eu.rekawek.toxiproxy.model.ToxicDirection.DOWNSTREAM;
import static eu.rekawek.toxiproxy.model.ToxicDirection.UPSTREAM;

import eu.rekawek.toxiproxy.model.ToxicDirection;
import java.util.Locale;

/**
 * A fault of a link. New connections can be made all the while. At its end, connections that have lost data are closed,
 * except with {@link #HALF_OPEN}.
 */
public enum NetworkFault {
    /** Nothing passes in either direction. */
    PARTITION(UPSTREAM),
    /** Requests are lost. */
    LOST_REQUESTS(UPSTREAM),
    /** Requests arrive, and their responses are lost. */
    LOST_RESPONSES(DOWNSTREAM),
    /** Responses arrive after the client's timeout. */
    LATE_RESPONSES(DOWNSTREAM),
    /** The client's connection is reset. */
    RESET(UPSTREAM),
    /** A half-open network: nothing passes, and connections that exist stay silent for ever without being closed. */
    HALF_OPEN(UPSTREAM);

    private final ToxicDirection affectedDirection;

    NetworkFault(ToxicDirection met) {
        this.affectedDirection = met;
    }

    /** In lower-case letters and hyphens. */
    public String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** Returns the direction in which traffic is certainly affected. */
    ToxicDirection affectedDirection() {
        return affectedDirection;
    }
}

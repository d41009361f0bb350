package io.nodejoin.gateway.admission;

import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.Set;

/** The place of one node among those that wait; its agents keep it across their requests. Guarded by the window's lock. */
final class Place {
    /** The order within a tenant. */
    static final Comparator<Place> ORDER = Comparator.<Place, AdmissionRequest.Priority>comparing(
                    place -> place.request.priority())
            .thenComparingLong(place -> place.serial);

    private final AdmissionRequest request;
    private final long serial;
    private final Set<Turn> turns = new LinkedHashSet<>();
    private long lastAsked;
    private long reportedAt;

    /** @param serial by which places are first come, first served */
    Place(AdmissionRequest request, long serial, long now) {
        this.request = request;
        this.serial = serial;
        this.reportedAt = now;
    }

    /** Returns true once in each interval. */
    boolean takeReport(long now, long intervalNanos) {
        boolean due = now - reportedAt >= intervalNanos;
        if (due) {
            reportedAt = now;
        }
        return due;
    }

    AdmissionRequest request() {
        return request;
    }

    /** The requests that wait here now; without one, the place cannot be taken up. */
    Set<Turn> turns() {
        return turns;
    }

    void asked(long now) {
        lastAsked = now;
    }

    boolean isAbandoned(long now, long keptNanos) {
        return turns.isEmpty() && now - lastAsked > keptNanos;
    }
}

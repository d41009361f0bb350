package io.nodejoin.gateway.admission;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.TreeSet;

/** Places that can be taken up. Tenants take turns; of one tenant the first place is next. Not thread-safe. */
final class FairQueue {
    /** The tenant whose turn it is comes first. */
    private final SequencedMap<String, NavigableSet<Place>> tenants = new LinkedHashMap<>();

    /** No effect if it is there. */
    void add(Place place) {
        tenants.computeIfAbsent(place.request().tenant(), _ -> new TreeSet<>(Place.ORDER))
                .add(place);
    }

    /** No effect if it is not there. */
    void remove(Place place) {
        tenants.computeIfPresent(place.request().tenant(), (_, places) -> {
            places.remove(place);
            return places.isEmpty() ? null : places;
        });
    }

    boolean isEmpty() {
        return tenants.isEmpty();
    }

    /** Removes and returns the next place. */
    Optional<Place> poll() {
        Map.Entry<String, NavigableSet<Place>> next = tenants.pollFirstEntry();
        if (next == null) {
            return Optional.empty();
        }
        Place place = next.getValue().removeFirst();
        if (!next.getValue().isEmpty()) {
            tenants.putLast(next.getKey(), next.getValue());
        }
        return Optional.of(place);
    }

    /** Returns how many others would be polled before this place. */
    int countBefore(Place place) {
        String tenant = place.request().tenant();
        NavigableSet<Place> own = tenants.getOrDefault(tenant, new TreeSet<>(Place.ORDER));
        int rounds = own.headSet(place).size();
        int before = rounds;
        boolean ownTurnHasBeen = false;
        for (Map.Entry<String, NavigableSet<Place>> other : tenants.entrySet()) {
            if (other.getKey().equals(tenant)) {
                ownTurnHasBeen = true;
            } else {
                before += Math.min(other.getValue().size(), ownTurnHasBeen ? rounds : rounds + 1);
            }
        }
        return before;
    }
}

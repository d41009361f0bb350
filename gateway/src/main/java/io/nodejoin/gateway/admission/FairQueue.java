package io.nodejoin.gateway.admission;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.TreeSet;
import java.util.function.Predicate;

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

    /** Returns whether there is a place of such a tenant. */
    boolean hasNext(Predicate<String> tenant) {
        return nextTenant(tenant).isPresent();
    }

    /** Removes and returns the next place of such a tenant; the others keep their turn. */
    Optional<Place> poll(Predicate<String> tenant) {
        return nextTenant(tenant).map(next -> {
            NavigableSet<Place> places = next.getValue();
            Place place = places.removeFirst();
            tenants.remove(next.getKey());
            if (!places.isEmpty()) {
                tenants.putLast(next.getKey(), places);
            }
            return place;
        });
    }

    private Optional<Map.Entry<String, NavigableSet<Place>>> nextTenant(Predicate<String> tenant) {
        return tenants.entrySet().stream()
                .filter(entry -> tenant.test(entry.getKey()))
                .findFirst();
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

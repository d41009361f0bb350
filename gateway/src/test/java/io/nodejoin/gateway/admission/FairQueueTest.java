package io.nodejoin.gateway.admission;

import static org.assertj.core.api.Assertions.assertThat;

import io.nodejoin.gateway.Samples;
import io.nodejoin.protocol.PoolName;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class FairQueueTest {
    private final FairQueue queue = new FairQueue();
    private long serials;

    @Test
    void shouldServeTenantsByTurns() {
        // given a tenant that came with many, and one with few
        place("a-1", "a", false);
        place("a-2", "a", false);
        place("a-3", "a", false);
        place("b-1", "b", false);
        // when
        List<String> served = pollAll();
        // then
        assertThat(served).containsExactly("a-1", "b-1", "a-2", "a-3");
    }

    @Test
    void shouldServeMachinesThatComeBackBeforeNewOnesOfTheirTenant() {
        // given
        place("new-1", "a", false);
        place("new-2", "a", false);
        place("back", "a", true);
        // when
        List<String> served = pollAll();
        // then
        assertThat(served).containsExactly("back", "new-1", "new-2");
    }

    @Test
    void shouldCountThoseThatAreServedBefore() {
        // given
        List<Place> places = List.of(
                place("a-1", "a", false),
                place("b-1", "b", false),
                place("a-2", "a", false),
                place("c-1", "c", false),
                place("a-3", "a", false),
                place("b-2", "b", false));
        // when
        List<Integer> counted = places.stream().map(queue::countBefore).toList();
        // then
        List<String> served = pollAll();
        assertThat(counted)
                .isEqualTo(places.stream()
                        .map(place ->
                                served.indexOf(place.request().node().name().value()))
                        .toList());
    }

    @Test
    void shouldNotServeWhatIsRemoved() {
        // given
        Place removed = place("a-1", "a", false);
        place("a-2", "a", false);
        // when
        queue.remove(removed);
        // then
        assertThat(pollAll()).containsExactly("a-2");
        assertThat(queue.hasNext(_ -> true)).isFalse();
    }

    private Place place(String node, String tenant, boolean rejoin) {
        Place place =
                new Place(AdmissionRequest.of(Samples.agent(node).node(), new PoolName(tenant), rejoin), serials++, 0);
        queue.add(place);
        return place;
    }

    private List<String> pollAll() {
        List<String> served = new ArrayList<>();
        while (queue.hasNext(_ -> true)) {
            queue.poll(_ -> true)
                    .ifPresent(place -> served.add(place.request().node().name().value()));
        }
        return served;
    }
}

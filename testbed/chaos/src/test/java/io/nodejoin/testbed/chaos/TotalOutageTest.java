package io.nodejoin.testbed.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.nodejoin.testbed.chaos.TotalOutage.Component;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TotalOutageTest {

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void shouldStartAllPartsInOrdersOfWhichNoneComesTwice(long seed) {
        // when
        List<List<Component>> orders = TotalOutage.drawOrders(6, new Random(seed));

        // then
        assertThat(orders)
                .hasSize(6)
                .doesNotHaveDuplicates()
                .allSatisfy(order -> assertThat(order).containsExactlyInAnyOrder(Component.values()));
        assertThat(orders.getFirst()).containsExactly(Component.values());
    }
}

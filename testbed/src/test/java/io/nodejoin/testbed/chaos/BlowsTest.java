package io.nodejoin.testbed.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.NodeName;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class BlowsTest {
    private static final Going JOIN = new Going(new NodeName("worker-1"), JoinId.of("/test", "1"), Course.SOUND);

    private final List<String> struck = new ArrayList<>();

    @Test
    void shouldBeContentWithABlowThatMeetsAJoin() {
        // given
        Blows blows = new Blows(_ -> List.of());

        // when
        blows.strike("a pause", List.of(JOIN), () -> struck.add("a pause"));

        // then
        assertThat(struck).containsExactly("a pause");
        assertThat(blows.failures()).isEmpty();
    }

    @Test
    void shouldNameABlowThatMeetsNoJoin() {
        // given
        Blows blows = new Blows(_ -> List.of());

        // when
        blows.strike("a pause", List.of(), () -> struck.add("a pause"));

        // then
        assertThat(struck).containsExactly("a pause");
        assertThat(blows.failures()).containsExactly("a pause struck when none of 0 joins was under way");
    }
}

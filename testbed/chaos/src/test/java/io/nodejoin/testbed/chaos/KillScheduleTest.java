package io.nodejoin.testbed.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.NodeName;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class KillScheduleTest {
    private static final InFlightJoin JOIN =
            new InFlightJoin(new NodeName("worker-1"), JoinId.of("/test", "1"), ExpectedOutcome.SUCCESS);

    private final List<String> struck = new ArrayList<>();

    @Test
    void shouldBeContentWithABlowThatMeetsAJoin() {
        // given
        KillSchedule schedule = new KillSchedule(_ -> List.of());

        // when
        schedule.inject("a pause", List.of(JOIN), () -> struck.add("a pause"));

        // then
        assertThat(struck).containsExactly("a pause");
        assertThat(schedule.failures()).isEmpty();
    }

    @Test
    void shouldNameABlowThatMeetsNoJoin() {
        // given
        KillSchedule schedule = new KillSchedule(_ -> List.of());

        // when
        schedule.inject("a pause", List.of(), () -> struck.add("a pause"));

        // then
        assertThat(struck).containsExactly("a pause");
        assertThat(schedule.failures()).containsExactly("a pause was injected when none of 0 joins was under way");
    }
}

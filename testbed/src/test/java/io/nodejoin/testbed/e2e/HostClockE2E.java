package io.nodejoin.testbed.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.Phase;
import io.nodejoin.protocol.join.JoinAccepted;
import io.nodejoin.protocol.join.JoinFailed;
import io.nodejoin.protocol.join.JoinSucceeded;
import io.nodejoin.testbed.demo.HostWish;
import io.nodejoin.testbed.simulated.SimulatedHost;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.api.parallel.ResourceAccessMode;
import org.junit.jupiter.api.parallel.ResourceLock;

/** Hosts whose clock is off from the beginning, or jumps in the middle of a join that has less time than that. */
@Tag("full")
@ExtendWith(BedExtension.class)
@ResourceLock(value = SharedBed.LOCK, mode = ResourceAccessMode.READ)
class HostClockE2E {
    private static final Duration TIME_TO_JOIN = Duration.ofMinutes(5);

    private final SharedBed bed;

    HostClockE2E(SharedBed bed) {
        this.bed = bed;
    }

    @Test
    @Execution(ExecutionMode.CONCURRENT)
    void shouldRefuseHostsWhoseClockIsOffBeforeThereIsAToken() {
        // given
        List<Machine> machines = List.of(
                boot("ten-ahead", Duration.ofMinutes(10)),
                boot("ten-behind", Duration.ofMinutes(-10)),
                boot("two-ahead", Duration.ofMinutes(2)),
                boot("two-behind", Duration.ofMinutes(-2)),
                boot("zone-ahead", Duration.ofHours(2)),
                boot("zone-behind", Duration.ofHours(-2)));

        // when
        machines.forEach(this::request);

        // then
        assertThat(machines).allSatisfy(machine -> {
            JoinFailed failed = bed.outcomes().awaitEnd(machine.wish().node(), JoinFailed.class);
            assertThat(failed.reason()).isEqualTo(ErrorCode.HOST_CLOCK_SKEW);
            assertThat(failed.residue()).isEmpty();
            assertThat(bed.cluster().tokens(failed.joinId())).isEmpty();
            bed.cluster().hasNoMeansOf(failed.joinId());
            assertThat(machine.host().residue()).isEmpty();
        });
    }

    @Test
    @Execution(ExecutionMode.CONCURRENT)
    void shouldJoinHostsWhoseClockIsOffByLessThanAMinute() {
        // given
        List<Machine> machines =
                List.of(boot("bit-ahead", Duration.ofSeconds(50)), boot("bit-behind", Duration.ofSeconds(-50)));

        // when
        machines.forEach(this::request);

        // then
        assertThat(machines).allSatisfy(this::joins);
    }

    @Test
    @Execution(ExecutionMode.CONCURRENT)
    void shouldJoinThoughTheClockJumpsInTheMiddle() {
        // given
        Machine forward = boot("jumps-ahead", Duration.ZERO);
        Machine back = boot("jumps-back", Duration.ZERO);
        List<Machine> machines = List.of(forward, back);
        machines.forEach(this::request);
        machines.forEach(machine -> bed.outcomes().awaitPhase(machine.wish().node(), Phase.HostPrepared));

        // when
        forward.clock().jump(Duration.ofMinutes(10));
        back.clock().jump(Duration.ofMinutes(-10));

        // then
        assertThat(machines).allSatisfy(this::joins);
    }

    private void joins(Machine machine) {
        JoinSucceeded joined = bed.outcomes().awaitEnd(machine.wish().node(), JoinSucceeded.class);
        assertThat(bed.cluster().ready(machine.wish().node())).containsExactly(joined.nodeUid());
        bed.cluster().hasNoMeansOf(joined.joinId());
        bed.settleEnded(machine.wish());
        assertThat(bed.outcomes().milestones(machine.wish().node()))
                .containsExactly(JoinAccepted.class, JoinSucceeded.class);
    }

    private Machine boot(String name, Duration ahead) {
        HostWish wish = bed.wish(name);
        ShiftedClock clock = new ShiftedClock(ahead);
        return new Machine(wish, bed.boot(wish, clock), clock);
    }

    private void request(Machine machine) {
        bed.requests()
                .send(
                        SharedBed.asking(machine.wish())
                                .deadline(Instant.now().plus(TIME_TO_JOIN))
                                .build(),
                        SharedBed.key(machine.wish().node()));
    }

    private record Machine(HostWish wish, SimulatedHost host, ShiftedClock clock) {}
}

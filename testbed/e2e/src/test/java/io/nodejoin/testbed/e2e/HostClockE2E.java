package io.nodejoin.testbed.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.Phase;
import io.nodejoin.protocol.event.JoinAccepted;
import io.nodejoin.protocol.event.JoinFailed;
import io.nodejoin.protocol.event.JoinSucceeded;
import io.nodejoin.testbed.client.HostFixture;
import io.nodejoin.testbed.simulated.SimulatedHost;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Hosts whose clock is off from the beginning, or jumps in the middle of a join that has less time than that. */
@Tag("full")
@OnSharedBed
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
        List<TestHost> machines = List.of(
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
            JoinFailed failed = bed.outcomes().awaitOutcome(machine.wish().node(), JoinFailed.class);
            assertThat(failed.reason()).isEqualTo(ErrorCode.HOST_CLOCK_SKEW);
            assertThat(failed.residue()).isEmpty();
            assertThat(bed.cluster().tokens(failed.joinId())).isEmpty();
            bed.cluster().hasNoCredentialsOf(failed.joinId());
            assertThat(machine.host().residue()).isEmpty();
        });
    }

    @Test
    @Execution(ExecutionMode.CONCURRENT)
    void shouldJoinHostsWhoseClockIsOffByLessThanAMinute() {
        // given
        List<TestHost> machines =
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
        TestHost forward = boot("jumps-ahead", Duration.ZERO);
        TestHost back = boot("jumps-back", Duration.ZERO);
        List<TestHost> machines = List.of(forward, back);
        machines.forEach(this::request);
        machines.forEach(machine -> bed.outcomes().awaitPhase(machine.wish().node(), Phase.HostPrepared));

        // when
        forward.clock().jump(Duration.ofMinutes(10));
        back.clock().jump(Duration.ofMinutes(-10));

        // then
        assertThat(machines).allSatisfy(this::joins);
    }

    private void joins(TestHost machine) {
        JoinSucceeded joined = bed.outcomes().awaitOutcome(machine.wish().node(), JoinSucceeded.class);
        assertThat(bed.cluster().ready(machine.wish().node())).containsExactly(joined.nodeUid());
        bed.cluster().hasNoCredentialsOf(joined.joinId());
        bed.awaitQuiescence(machine.wish());
        assertThat(bed.outcomes().milestones(machine.wish().node()))
                .containsExactly(JoinAccepted.class, JoinSucceeded.class);
    }

    private TestHost boot(String name, Duration ahead) {
        HostFixture fixture = bed.newHost(name);
        ShiftedClock clock = new ShiftedClock(ahead);
        return new TestHost(fixture, bed.boot(fixture, clock), clock);
    }

    private void request(TestHost machine) {
        bed.requests()
                .send(
                        SharedBed.requestBuilder(machine.wish())
                                .deadline(Instant.now().plus(TIME_TO_JOIN))
                                .build(),
                        SharedBed.recordKey(machine.wish().node()));
    }

    private record TestHost(HostFixture wish, SimulatedHost host, ShiftedClock clock) {}
}

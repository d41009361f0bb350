package io.nodejoin.testbed.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.nodejoin.protocol.event.JoinSucceeded;
import io.nodejoin.testbed.bench.ResidentMemory;
import io.nodejoin.testbed.client.HostFixture;
import io.nodejoin.testbed.process.ProcessIdentity;
import io.nodejoin.testbed.simulated.SimulatedHost.Fault;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Strangers without a certificate at the gateway, and the joins of honest machines meanwhile. */
@Tag("full")
@OnRestartedBed
class SlowStrangersE2E {
    private static final int ADDRESSES = 30;
    private static final int JOINS = 20;
    private static final Duration ATTACK = Duration.ofSeconds(Integer.getInteger("nodejoin.attack.seconds", 180));

    private final SharedBed bed;

    SlowStrangersE2E(SharedBed bed) {
        this.bed = bed;
    }

    @Test
    void shouldJoinEachHonestMachineBesideThirtyAddressesThatNeverFinishWhatTheyBegin() throws Exception {
        // given
        ProcessIdentity service = bed.testBed().service().process().identity().orElseThrow();
        List<Duration> idle = join("quiet", JOINS);
        double before = ResidentMemory.ofProcess(service.pid());

        // when
        List<Duration> attacked = new ArrayList<>();
        long opened;
        try (SlowStrangers strangers = new SlowStrangers(
                bed.gateway(), bed.testBed().directories().pki().resolve("gateway-ca.crt"))) {
            strangers.attackFrom(ADDRESSES);
            Instant end = Instant.now().plus(ATTACK);
            for (int round = 0; attacked.size() < JOINS || Instant.now().isBefore(end); round++) {
                attacked.addAll(join("attacked-" + round, 1));
            }
            opened = strangers.opened();

            // then
            assertThat(strangers.ended()).as("connections that were closed").isGreaterThan(opened / 2);
        }
        double after = ResidentMemory.ofProcess(service.pid());
        System.err.printf(
                "%d connections of %d addresses in %d s; %d joins: median %d ms, before %d ms; resident %.0f MB, before %.0f MB%n",
                opened,
                ADDRESSES,
                ATTACK.toSeconds(),
                attacked.size(),
                median(attacked).toMillis(),
                median(idle).toMillis(),
                after,
                before);
        assertThat(bed.testBed().service().process().identity()).contains(service);
        assertThat(after - before).as("megabytes more").isLessThan(200);
    }

    /** Joins machines one after the other; returns how long each took from its request to its outcome. */
    private List<Duration> join(String name, int joins) {
        List<Duration> times = new ArrayList<>();
        for (int number = 0; number < joins; number++) {
            HostFixture fixture = bed.newHost(name + "-" + number);
            bed.boot(fixture, Fault.NONE);
            Instant asked = Instant.now();
            bed.request(fixture);
            bed.outcomes().awaitOutcome(fixture.node(), JoinSucceeded.class);
            times.add(Duration.between(asked, Instant.now()));
        }
        return times;
    }

    private static Duration median(List<Duration> times) {
        return times.stream().sorted().toList().get(times.size() / 2);
    }
}

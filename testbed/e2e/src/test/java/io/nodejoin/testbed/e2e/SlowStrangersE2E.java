package io.nodejoin.testbed.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.nodejoin.testbed.TestBed;
import io.nodejoin.testbed.bench.ResidentMemory;
import io.nodejoin.testbed.config.BedSettings;
import io.nodejoin.testbed.e2e.HonestMachines.JoinTimes;
import io.nodejoin.testbed.process.ProcessIdentity;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Strangers without a certificate at the gateway, each in a network namespace with an address of its own, and the joins of honest machines
 * meanwhile. The figures are written as JSON to the file that the property {@code nodejoin.strangers.json} names.
 */
@Tag("full")
class SlowStrangersE2E {
    private static final ObjectMapper JSON = JsonMapper.builder().build();
    private static final int ADDRESSES = 30;
    private static final int JOINS = 20;
    private static final Duration ATTACK = Duration.ofSeconds(Integer.getInteger("nodejoin.attack.seconds", 180));
    private static final Duration IDLE = Duration.ofSeconds(60);
    private static final int WARM_UPS = 3;
    private static final double MAX_SLOWDOWN = 3;
    private static final double MAX_MEGABYTES_MORE = 200;

    @RegisterExtension
    private final BootedBed booted =
            BootedBed.of(BedSettings.numbered("hostile", 7), "strangers in namespaces of their own are");

    private final TestBed bed = booted.bed();

    private record Megabytes(double before, double highest) {}

    private record Figures(
            int addresses,
            long attackSeconds,
            long connections,
            long closedByGateway,
            JoinTimes idle,
            JoinTimes attacked,
            Megabytes resident) {
        @JsonProperty
        double ratio() {
            return attacked.p95() / idle.p95();
        }
    }

    @Test
    void shouldJoinEachHonestMachineBesideThirtyAddressesThatNeverFinishWhatTheyBegin() throws Exception {
        // given
        ProcessIdentity service = bed.service().process().identity().orElseThrow();
        try (HonestMachines machines = new HonestMachines(bed)) {
            machines.join("warm-up", WARM_UPS, IDLE);
            JoinTimes idle = machines.join("idle", JOINS, IDLE);
            double before = ResidentMemory.ofProcess(service.pid());

            // when
            Figures figures;
            try (StrangerAddresses addresses = new StrangerAddresses(bed.plan(), ADDRESSES);
                    SlowStrangers strangers = new SlowStrangers(addresses.namespaces(), new GatewayDoor(bed))) {
                strangers.attack();
                JoinTimes attacked = machines.join("attacked", JOINS, ATTACK);
                figures = new Figures(
                        ADDRESSES,
                        ATTACK.toSeconds(),
                        strangers.opened(),
                        strangers.closedByGateway(),
                        idle,
                        attacked,
                        new Megabytes(before, ResidentMemory.highestOfProcess(service.pid())));
            }
            record(figures);

            // then
            assertThat(bed.service().process().identity()).contains(service);
            assertThat(figures.ratio()).as("p95 of joins, relative to idle").isLessThan(MAX_SLOWDOWN);
            assertThat(figures.resident().highest() - before)
                    .as("megabytes more")
                    .isLessThan(MAX_MEGABYTES_MORE);
            assertThat(figures.closedByGateway())
                    .as("connections that the gateway has closed")
                    .isGreaterThan((long) ADDRESSES * JOINS);
        }
    }

    private static void record(Figures figures) throws IOException {
        System.err.println(JSON.writeValueAsString(figures));
        String file = System.getProperty("nodejoin.strangers.json", "");
        if (!file.isEmpty()) {
            JSON.writeValue(Path.of(file).toFile(), figures);
        }
    }
}

package io.nodejoin.testbed.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.nodejoin.testbed.TestBed;
import io.nodejoin.testbed.bench.ResidentMemory;
import io.nodejoin.testbed.config.BedSettings;
import io.nodejoin.testbed.e2e.HonestMachines.JoinTimes;
import io.nodejoin.testbed.net.NetworkNamespace;
import io.nodejoin.testbed.process.ProcessIdentity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Requests of strangers that are all refused, and the joins of honest machines meanwhile, beside as many joins without strangers. The figures are
 * written as JSON to the file that the property {@code nodejoin.hostile.json} names.
 */
@Tag("full")
class HostileE2E {
    private static final ObjectMapper JSON = JsonMapper.builder().build();
    private static final int ADDRESSES = 30;
    private static final int JOINS = 12;
    private static final Duration ATTACK = Duration.ofSeconds(Integer.getInteger("nodejoin.attack.seconds", 40));
    private static final int WARM_UPS = 6;
    private static final double MAX_SLOWDOWN = 3;
    private static final String OK = "200";

    @RegisterExtension
    private final BootedBed booted =
            BootedBed.of(BedSettings.numbered("hostile", 7), "strangers in namespaces of their own are");

    private final TestBed bed = booted.bed();

    private record ServiceLoad(double megabytes, long threads) {
        static ServiceLoad of(ProcessIdentity service) throws IOException {
            return new ServiceLoad(ResidentMemory.ofProcess(service.pid()), threads(service));
        }

        private static long threads(ProcessIdentity service) throws IOException {
            try (var tasks = Files.list(Path.of("/proc", Long.toString(service.pid()), "task"))) {
                return tasks.count();
            }
        }
    }

    private record AttackFigures(
            StrangerAttack attack,
            int perSecond,
            Map<String, Long> answers,
            JoinTimes joins,
            double ratio,
            ServiceLoad after) {}

    private record Figures(
            int joins, long attackSeconds, JoinTimes idle, ServiceLoad before, List<AttackFigures> attacks) {
        @JsonProperty
        double highestRatio() {
            return attacks.stream().mapToDouble(AttackFigures::ratio).max().orElse(0);
        }
    }

    @Test
    void shouldRefuseStrangersAndJoinEachHonestMachineMeanwhile() throws Exception {
        // given
        ProcessIdentity service = bed.service().process().identity().orElseThrow();
        List<AttackFigures> attacks = new ArrayList<>();
        Figures figures;
        try (StrangerAddresses strangers = new StrangerAddresses(bed.plan(), ADDRESSES);
                HonestMachines machines = new HonestMachines(bed)) {
            machines.join("warm-up", WARM_UPS, ATTACK);
            JoinTimes idle = machines.join("idle", JOINS, ATTACK);
            ServiceLoad before = ServiceLoad.of(service);

            // when
            for (StrangerAttack attack : StrangerAttack.values()) {
                attacks.add(attack(attack, strangers.namespaces(), machines, idle, service));
            }
            figures = new Figures(JOINS, ATTACK.toSeconds(), idle, before, List.copyOf(attacks));
        }
        record(figures);

        // then
        assertThat(bed.service().process().identity()).contains(service);
        assertThat(attacks)
                .allSatisfy(attack -> assertThat(attack.answers()).isNotEmpty().doesNotContainKey(OK));
        assertThat(figures.highestRatio()).as("p95 of joins, relative to idle").isLessThan(MAX_SLOWDOWN);
    }

    private AttackFigures attack(
            StrangerAttack attack,
            List<NetworkNamespace> strangers,
            HonestMachines machines,
            JoinTimes idle,
            ProcessIdentity service)
            throws Exception {
        String names = attack.name().toLowerCase(Locale.ROOT).replace('_', '-');
        try (StrangerProcess process = StrangerProcess.start(attack, target(names, strangers))) {
            JoinTimes joins = machines.join(names, JOINS, ATTACK);
            assertThat(dashboard("vera")).as("a user whom nobody guesses").isEqualTo(OK);
            AttackFigures figures = new AttackFigures(
                    attack,
                    attack.perSecond(),
                    process.end(),
                    joins,
                    joins.p95() / idle.p95(),
                    ServiceLoad.of(service));
            System.err.println(JSON.writeValueAsString(figures));
            return figures;
        }
    }

    private StrangerAttack.Target target(String names, List<NetworkNamespace> strangers) {
        return new StrangerAttack.Target(
                bed.plan().gatewayUrl(),
                GatewayDoor.authority(bed).toString(),
                bed.service().admin(),
                strangers,
                SharedBed.CLUSTER,
                names,
                JOINS);
    }

    private String dashboard(String user) throws IOException {
        return StrangerRequests.dashboard(bed.service().admin(), user + ":" + user);
    }

    private static void record(Figures figures) throws IOException {
        String file = System.getProperty("nodejoin.hostile.json", "");
        if (!file.isEmpty()) {
            JSON.writeValue(Path.of(file).toFile(), figures);
        }
    }
}

package io.nodejoin.testbed.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.nodejoin.protocol.NodeName;
import io.nodejoin.protocol.agent.EnrollmentRequest;
import io.nodejoin.protocol.agent.RejoinRequest;
import io.nodejoin.testbed.TestBed;
import io.nodejoin.testbed.bench.ResidentMemory;
import io.nodejoin.testbed.config.BedSettings;
import io.nodejoin.testbed.e2e.HonestMachines.JoinTimes;
import io.nodejoin.testbed.net.NetworkNamespace;
import io.nodejoin.testbed.process.ProcessIdentity;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPairGenerator;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
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
    private String publicKey = "";

    /** What strangers try, by the number of the threat in docs/security.md. */
    private enum Attack {
        T47_REJOINS_OF_NAMES_THAT_JOIN(60),
        T82_ENROLLMENTS_WITH_RANDOM_NAMES(300),
        T43_WRONG_SECRETS_FROM_THE_ADDRESS_OF_THE_MACHINES(6),
        T69_GUESSED_PASSWORDS_OF_THE_DASHBOARD(20);

        private final int perSecond;

        Attack(int perSecond) {
            this.perSecond = perSecond;
        }
    }

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
            Attack attack,
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
        publicKey = newPublicKey();
        List<AttackFigures> attacks = new ArrayList<>();
        Figures figures;
        try (StrangerAddresses strangers = new StrangerAddresses(bed.plan(), ADDRESSES);
                HonestMachines machines = new HonestMachines(bed)) {
            machines.join("warm-up", WARM_UPS, ATTACK);
            JoinTimes idle = machines.join("idle", JOINS, ATTACK);
            ServiceLoad before = ServiceLoad.of(service);

            // when
            for (Attack attack : Attack.values()) {
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
            Attack attack,
            List<NetworkNamespace> strangers,
            HonestMachines machines,
            JoinTimes idle,
            ProcessIdentity service)
            throws Exception {
        String names = attack.name().substring(0, 3).toLowerCase(Locale.ROOT);
        StrangerRequests.Attempt attempt = attempt(attack, names, strangers);
        try (StrangerRequests requests = new StrangerRequests()) {
            requests.attack(attack.perSecond, attempt);
            JoinTimes joins = machines.join(names, JOINS, ATTACK);
            assertThat(dashboard("vera:vera")).as("a user whom nobody guesses").isEqualTo(OK);
            AttackFigures figures = new AttackFigures(
                    attack,
                    attack.perSecond,
                    requests.answers(),
                    joins,
                    joins.p95() / idle.p95(),
                    ServiceLoad.of(service));
            System.err.println(JSON.writeValueAsString(figures));
            return figures;
        }
    }

    private StrangerRequests.Attempt attempt(Attack attack, String names, List<NetworkNamespace> strangers)
            throws IOException, GeneralSecurityException {
        GatewayDoor gateway = new GatewayDoor(bed);
        return switch (attack) {
            case T47_REJOINS_OF_NAMES_THAT_JOIN ->
                number -> StrangerRequests.post(
                        gateway, from(strangers, number), "/v1/rejoins", rejoin(joining(names, number)));
            case T82_ENROLLMENTS_WITH_RANDOM_NAMES ->
                number -> StrangerRequests.post(
                        gateway, from(strangers, number), "/v1/enrollments", enrollment("r" + UUID.randomUUID()));
            case T43_WRONG_SECRETS_FROM_THE_ADDRESS_OF_THE_MACHINES ->
                number -> StrangerRequests.post(gateway, "/v1/enrollments", enrollment(joining(names, number)));
            case T69_GUESSED_PASSWORDS_OF_THE_DASHBOARD -> number -> dashboard("otto:guess-" + number);
        };
    }

    private static NetworkNamespace from(List<NetworkNamespace> strangers, int number) {
        return strangers.get(number % strangers.size());
    }

    private static String joining(String names, int number) {
        return names + "-" + number % JOINS;
    }

    private String enrollment(String node) throws IOException {
        return JSON.writeValueAsString(new EnrollmentRequest(
                SharedBed.CLUSTER, new NodeName(node), UUID.randomUUID().toString(), publicKey, null, null));
    }

    /** With a well-formed signature of nothing. */
    private String rejoin(String node) throws IOException {
        String signature =
                Base64.getEncoder().encodeToString(new byte[] {0x30, 0x06, 0x02, 0x01, 0x01, 0x02, 0x01, 0x01});
        return JSON.writeValueAsString(new RejoinRequest(
                SharedBed.CLUSTER, new NodeName(node), UUID.randomUUID().toString(), publicKey, "abc123", signature));
    }

    private static String newPublicKey() throws GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(256);
        return Base64.getEncoder()
                .encodeToString(generator.generateKeyPair().getPublic().getEncoded());
    }

    private String dashboard(String credentials) throws IOException {
        return StrangerRequests.get(
                bed.service().admin(),
                "/api/v1/joins",
                "Authorization: Basic "
                        + Base64.getEncoder().encodeToString(credentials.getBytes(StandardCharsets.UTF_8)));
    }

    private static void record(Figures figures) throws IOException {
        String file = System.getProperty("nodejoin.hostile.json", "");
        if (!file.isEmpty()) {
            JSON.writeValue(Path.of(file).toFile(), figures);
        }
    }
}

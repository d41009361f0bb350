package io.nodejoin.testbed.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.NodeName;
import io.nodejoin.protocol.event.JoinSucceeded;
import io.nodejoin.testbed.canary.Canary;
import io.nodejoin.testbed.canary.SecretScanner;
import io.nodejoin.testbed.canary.SecretScanner.Match;
import io.nodejoin.testbed.client.HostFixture;
import io.nodejoin.testbed.e2e.CanaryJoins.EndedJoin;
import io.nodejoin.testbed.e2e.FileRecorder.FileVersion;
import io.nodejoin.testbed.kafka.KafkaBroker;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Everything talks as much as it can while joins end well and badly; then no secret of theirs is anywhere but where it
 * belongs: the token in its Secret and in the bootstrap kubeconfig while the host needs it, the enrollment secret and the
 * agent's key in files of the host that only their owner reads. {@code -Dnodejoin.canaries=100} runs more joins,
 * {@code -Dnodejoin.seed} the same ones again.
 */
@Tag("full")
@OnRestartedBed
class CanaryE2E {
    private static final int JOINS = Integer.getInteger("nodejoin.canaries", 20);
    private static final int LANES = 10;
    private static final String OWNER_ONLY = "rw-------";
    private static final String BOOTSTRAP_KUBECONFIG = "var/lib/kubelet/bootstrap-kubeconfig";
    /** Where one kind of secret may lie on a host, by how its canaries are called. */
    private static final Map<String, String> PLACES = Map.of(
            "etc/nodejoin/enrollment-secret",
            "enrollment secret",
            "var/lib/nodejoin/agent.key",
            "agent key",
            BOOTSTRAP_KUBECONFIG,
            "token");
    /** What goes in through the front door comes by itself to these. */
    private static final Set<String> REACHED_BY_NODE_NAME = Set.of(
            "histories",
            "Temporal's database",
            "requests",
            "events",
            "dead letters",
            "broker's files",
            "service log",
            "command line",
            "processes",
            "host files");

    private final SharedBed bed;
    private final SecretSinks sinks;
    private final Random random;
    private final PlantedCanaries planted;

    CanaryE2E(SharedBed bed) {
        this.bed = bed;
        this.sinks = new SecretSinks(bed);
        long seed = Long.getLong("nodejoin.seed", System.nanoTime());
        System.err.println("canary joins: -Dnodejoin.seed=" + seed);
        this.random = new Random(seed);
        this.planted = new PlantedCanaries(random);
    }

    @BeforeEach
    void letServiceTellAll() {
        bed.testBed().service().stop();
        bed.testBed().service().startTracing();
    }

    @AfterEach
    void calmService() {
        bed.testBed().service().stop();
        bed.testBed().service().start();
    }

    @Test
    void shouldLeaveSecretsNowhereButWhereTheyBelongHoweverJoinsEnd() throws InterruptedException {
        try (FileRecorder files = new FileRecorder();
                ProcessRecorder processes = new ProcessRecorder(bed.testBed().processes());
                AgentTrace agents = new AgentTrace()) {
            // given
            HostFixture plant = bed.newHost(planted.nodeName());
            bed.requests()
                    .send(
                            SharedBed.requestBuilder(new ClusterName("nowhere"), plant)
                                    .build(),
                            planted.nodeName());

            // when
            List<EndedJoin> pasts = lived(plant, new CanaryJoins(bed, files));

            // then
            assertThat(pasts)
                    .allSatisfy(past -> assertThat(past.course().ending().allows(past.outcome()))
                            .as("%s ends in %s", past.course(), past.outcome())
                            .isTrue());
            assertThat(pasts).anyMatch(past -> past.outcome() instanceof JoinSucceeded);
            assertThat(pasts).anyMatch(past -> !(past.outcome() instanceof JoinSucceeded));
            SecretScanner scanner = scanner(pasts);
            Map<String, byte[]> copies = copies(pasts, files, processes, agents);
            Map<String, List<Match>> finds = new LinkedHashMap<>();
            copies.forEach((sink, copy) -> finds.put(sink, scanner.scan(planted.appendedTo(copy))));
            assertThat(finds).allSatisfy(this::holdsThePlants);
            assertThat(finds)
                    .allSatisfy((_, found) -> assertThat(secrets(found)).isEmpty());
            secretsLieOnHostsWhereTheyBelong(files.versions(), scanner);
        }
    }

    private List<EndedJoin> lived(HostFixture plant, CanaryJoins joins) {
        Map<HostFixture, JoinScenario> courses = new LinkedHashMap<>();
        courses.put(plant, JoinScenario.undisturbed());
        IntStream.range(1, JOINS).forEach(i -> courses.put(bed.newHost("canary-" + i), JoinScenario.random(random)));
        try (ExecutorService lanes = Executors.newFixedThreadPool(LANES)) {
            return courses.entrySet().stream()
                    .map(join -> CompletableFuture.supplyAsync(() -> joins.run(join.getKey(), join.getValue()), lanes))
                    .toList()
                    .stream()
                    .map(CompletableFuture::join)
                    .toList();
        }
    }

    private SecretScanner scanner(List<EndedJoin> pasts) {
        List<Canary> canaries = new ArrayList<>(planted.appended());
        canaries.add(planted.visible());
        pasts.forEach(past -> canaries.addAll(past.canaries()));
        return new SecretScanner(canaries);
    }

    private Map<String, byte[]> copies(
            List<EndedJoin> pasts, FileRecorder files, ProcessRecorder processes, AgentTrace agents)
            throws InterruptedException {
        List<NodeName> nodes = pasts.stream().map(past -> past.wish().node()).toList();
        Map<String, byte[]> copies = new LinkedHashMap<>();
        copies.put("histories", sinks.histories(nodes));
        copies.put("Temporal's database", sinks.temporalDatabase());
        copies.put("requests", sinks.topic(KafkaBroker.REQUESTS));
        copies.put("events", sinks.topic(KafkaBroker.EVENTS));
        copies.put("dead letters", sinks.topic(KafkaBroker.DEAD_LETTERS));
        copies.put("broker's files", sinks.brokerFiles());
        copies.put("metrics", sinks.metrics());
        copies.put("command line", commandLine(nodes));
        copies.put("processes", processes.recorded());
        copies.put("service log", sinks.serviceLog());
        copies.put("other logs", sinks.otherLogs());
        copies.put("agents' logs", agents.text());
        copies.put("audit file", sinks.auditFile());
        copies.put("dumps", sinks.dumps());
        copies.put("host files", together(files.versions(), version -> !belongs(version)));
        copies.put("hosts after the end", together(left(pasts), version -> !belongs(version) || isBootstrap(version)));
        return copies;
    }

    private byte[] commandLine(List<NodeName> nodes) {
        var all = new ByteArrayOutputStream();
        all.writeBytes(sinks.commandLine("status", nodes.getFirst().value()));
        all.writeBytes(sinks.commandLine("status", nodes.getLast().value(), "--output", "json"));
        all.writeBytes(sinks.commandLine("list", "--output", "json"));
        return all.toByteArray();
    }

    /** The search can be believed: it finds each plant, in a copy that came the same way as what is searched. */
    private void holdsThePlants(String sink, List<Match> found) {
        List<String> wanted =
                new ArrayList<>(planted.appended().stream().map(Canary::name).toList());
        if (REACHED_BY_NODE_NAME.contains(sink)) {
            wanted.add(planted.visible().name());
        }
        assertThat(found).extracting(Match::canary).containsAll(wanted);
    }

    private static List<Match> secrets(List<Match> found) {
        return found.stream()
                .filter(find -> !find.canary().startsWith("plant "))
                .toList();
    }

    private static void secretsLieOnHostsWhereTheyBelong(Collection<FileVersion> sightings, SecretScanner scanner) {
        PLACES.forEach((place, kind) -> assertThat(sightings.stream()
                        .filter(CanaryE2E::belongs)
                        .filter(version -> place(version).startsWith(place))
                        .flatMap(version -> secrets(scanner.scan(version.bytes())).stream()))
                .as(place)
                .isNotEmpty()
                .allMatch(find -> find.canary().startsWith(kind)));
    }

    private static List<FileVersion> left(List<EndedJoin> pasts) {
        return pasts.stream()
                .flatMap(past -> FileRecorder.readAll(past.root()).stream())
                .toList();
    }

    private static boolean belongs(FileVersion version) {
        return version.mode().equals(OWNER_ONLY) && PLACES.keySet().stream().anyMatch(place(version)::startsWith);
    }

    /** The agent writes a file under a hidden name beside it, and renames it. */
    private static String place(FileVersion version) {
        return version.file().toString().replace("/.", "/");
    }

    private static boolean isBootstrap(FileVersion version) {
        return place(version).startsWith(BOOTSTRAP_KUBECONFIG);
    }

    private static byte[] together(Collection<FileVersion> sightings, Predicate<FileVersion> wanted) {
        var all = new ByteArrayOutputStream();
        sightings.stream().filter(wanted).forEach(version -> {
            all.writeBytes((version.file() + " " + version.mode() + "\n").getBytes(StandardCharsets.UTF_8));
            all.writeBytes(version.bytes());
        });
        return all.toByteArray();
    }
}

package io.nodejoin.testbed.bench;

import io.nodejoin.protocol.ClusterName;
import io.nodejoin.testbed.TestBed;
import io.nodejoin.testbed.client.HostFixture;
import io.nodejoin.testbed.client.JoinRequestProducer;
import io.nodejoin.testbed.client.OutcomeConsumer;
import io.nodejoin.testbed.client.OutcomeConsumer.ReceivedEvent;
import io.nodejoin.testbed.process.Parallel;
import io.nodejoin.testbed.simulated.SimulatedHosts;
import java.io.PrintStream;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;
import java.util.stream.Gatherers;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Simulated hosts of a cluster that are requested all at once. */
final class Storm {
    private static final Duration PATIENCE = Duration.ofMinutes(10);
    private static final Duration PATIENCE_PER_HOST = Duration.ofSeconds(2);
    private static final Duration POLL = Duration.ofMillis(200);
    private static final int BOOTS_AT_A_TIME = 16;
    private static final int REPORT_EVERY = 10;

    private final TestBed bed;
    private final ClusterName cluster;
    private final PrintStream progress;
    private final SecureRandom random = new SecureRandom();

    Storm(TestBed bed, ClusterName cluster, PrintStream progress) {
        this.bed = bed;
        this.cluster = cluster;
        this.progress = progress;
    }

    SimulatedHosts simulatedHosts() {
        return new SimulatedHosts(bed, cluster, bed.controlPlane().version());
    }

    /** Has one host join. Also creates cluster-info, unless it is there. */
    void warmUp() {
        try (var simulated = simulatedHosts();
                var producer = new JoinRequestProducer(bed.kafka().bootstrapServers())) {
            StormOutcomes outcomes = run(boot(simulated, "warm-up", 1), producer);
            if (!outcomes.failed().isEmpty()) {
                throw new IllegalStateException("the first join fails: " + outcomes.failed());
            }
        }
    }

    /** Starts the agents of so many hosts with this prefix of their names. */
    List<HostFixture> boot(SimulatedHosts simulated, String name, int count) {
        return fixtures(name, count)
                .gather(Gatherers.mapConcurrent(BOOTS_AT_A_TIME, fixture -> {
                    var _ = simulated.bootForOneJoin(fixture.node(), fixture.secret());
                    return fixture;
                }))
                .toList();
    }

    /** Requests all of them and returns what has become of them once each join has ended, or after a limit. */
    StormOutcomes run(List<HostFixture> fixtures, JoinRequestProducer producer) {
        var outcomes = new StormOutcomes(fixtures.stream().map(this::key).toList());
        Duration patience = PATIENCE.plus(PATIENCE_PER_HOST.multipliedBy(fixtures.size()));
        try (var events = new OutcomeConsumer(bed.kafka().bootstrapServers())) {
            Instant begin = Instant.now();
            request(fixtures, producer);
            while (!outcomes.isComplete()) {
                if (Instant.now().isAfter(begin.plus(patience))) {
                    outcomes.abandon("has not ended after " + patience.toMinutes() + " min");
                }
                for (ReceivedEvent event : events.poll(POLL)) {
                    double seconds = Duration.between(begin, event.receivedAt()).toNanos() / 1e9;
                    if (outcomes.accept(event.key(), event.event(), seconds)) {
                        report(outcomes.succeeded().size(), seconds);
                    }
                }
            }
        }
        return outcomes;
    }

    /** Requests so many hosts that will never boot. */
    void requestAbsent(String name, int count, JoinRequestProducer producer) {
        request(fixtures(name, count).toList(), producer);
    }

    private Stream<HostFixture> fixtures(String name, int count) {
        return IntStream.rangeClosed(1, count)
                .mapToObj(number -> HostFixture.create(name + "-" + number, false, random));
    }

    private void request(List<HostFixture> fixtures, JoinRequestProducer producer) {
        var _ = Parallel.run(fixtures.stream()
                .<Supplier<Instant>>map(fixture ->
                        () -> producer.send(fixture.joinRequest(cluster, SimulatedHosts.ADDRESS), key(fixture)))
                .toList());
    }

    private String key(HostFixture fixture) {
        return cluster + "/" + fixture.node();
    }

    private void report(int joined, double seconds) {
        if (joined % REPORT_EVERY == 0) {
            progress.printf(Locale.ROOT, "%d have joined after %.1f s%n", joined, seconds);
        }
    }
}

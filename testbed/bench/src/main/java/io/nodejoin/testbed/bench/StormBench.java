package io.nodejoin.testbed.bench;

import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.event.JoinAccepted;
import io.nodejoin.protocol.event.JoinPhaseChanged;
import io.nodejoin.protocol.event.JoinRevocationUnverified;
import io.nodejoin.protocol.event.JoinSucceeded;
import io.nodejoin.testbed.TestBed;
import io.nodejoin.testbed.client.HostFixture;
import io.nodejoin.testbed.client.JoinRequestProducer;
import io.nodejoin.testbed.client.OutcomeConsumer;
import io.nodejoin.testbed.client.OutcomeConsumer.ReceivedEvent;
import io.nodejoin.testbed.simulated.SimulatedHost;
import io.nodejoin.testbed.simulated.SimulatedHosts;
import java.io.PrintStream;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.IntStream;

/** Many hosts that are requested at once. They are simulated, so that the machine is busy with joins and not with kubelets. */
final class StormBench {
    private static final ClusterName CLUSTER = new ClusterName("testbed");
    private static final Duration TIMEOUT = Duration.ofMinutes(10);
    private static final Duration POLL = Duration.ofMillis(200);
    private static final int REPORT_EVERY = 10;

    private final TestBed bed;
    private final PrintStream progress;
    /** A strong reference that keeps the level: java.util.logging references loggers only weakly. */
    private final Logger agentLog = Logger.getLogger("io.nodejoin.agent");

    private final SecureRandom random = new SecureRandom();

    StormBench(TestBed bed, PrintStream progress) {
        this.bed = bed;
        this.progress = progress;
        agentLog.setLevel(Level.WARNING);
    }

    /** Runs the measurement on a bed with a running service, after one join to warm up. Call it once. */
    StormResult run(int hosts) {
        try (var simulated = new SimulatedHosts(bed, CLUSTER, bed.controlPlane().version());
                var producer = new JoinRequestProducer(bed.kafka().bootstrapServers());
                var outcomes = new OutcomeConsumer(bed.kafka().bootstrapServers())) {
            storm(boot(simulated, "warm-up", 1), producer, outcomes);
            List<HostFixture> fixtures = boot(simulated, "storm", hosts);
            progress.printf("%d hosts run their agents%n", hosts);
            CpuTime before = CpuTime.ofServers(bed);
            List<Double> seconds = storm(fixtures, producer, outcomes);
            return StormResult.of(new Samples(seconds), CpuTime.ofServers(bed).since(before));
        }
    }

    private List<HostFixture> boot(SimulatedHosts simulated, String name, int count) {
        List<HostFixture> fixtures = IntStream.rangeClosed(1, count)
                .mapToObj(number -> HostFixture.create(name + "-" + number, false, random))
                .toList();
        fixtures.forEach(fixture -> simulated.boot(fixture.node(), fixture.secret(), SimulatedHost.Fault.NONE));
        return fixtures;
    }

    /** Requests all of them and returns after how many seconds each has succeeded, in that order. */
    private List<Double> storm(List<HostFixture> fixtures, JoinRequestProducer producer, OutcomeConsumer outcomes) {
        Instant begin = Instant.now();
        fixtures.forEach(fixture -> producer.send(
                fixture.requestBuilder(CLUSTER, SimulatedHosts.ADDRESS).build(), CLUSTER + "/" + fixture.node()));
        List<Double> seconds = new ArrayList<>();
        while (seconds.size() < fixtures.size()) {
            if (Duration.between(begin, Instant.now()).compareTo(TIMEOUT) > 0) {
                throw new IllegalStateException(
                        "after " + TIMEOUT.toMinutes() + " min only " + seconds.size() + " hosts have joined");
            }
            for (ReceivedEvent event : outcomes.poll(POLL)) {
                if (succeeded(event)) {
                    seconds.add(Duration.between(begin, event.receivedAt()).toNanos() / 1e9);
                    report(seconds);
                }
            }
        }
        return seconds;
    }

    private static boolean succeeded(ReceivedEvent event) {
        return switch (event.event()) {
            case JoinSucceeded _ -> true;
            case JoinAccepted _, JoinPhaseChanged _, JoinRevocationUnverified _ -> false;
            default -> throw new IllegalStateException(event.key() + " does not join: " + event.event());
        };
    }

    private void report(List<Double> seconds) {
        if (seconds.size() % REPORT_EVERY == 0) {
            progress.printf(Locale.ROOT, "%d have joined after %.1f s%n", seconds.size(), seconds.getLast());
        }
    }
}

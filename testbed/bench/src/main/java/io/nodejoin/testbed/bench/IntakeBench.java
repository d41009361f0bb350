package io.nodejoin.testbed.bench;

import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.event.JoinAccepted;
import io.nodejoin.testbed.TestBed;
import io.nodejoin.testbed.client.HostFixture;
import io.nodejoin.testbed.client.JoinRequestProducer;
import io.nodejoin.testbed.client.OutcomeConsumer;
import io.nodejoin.testbed.http.HttpProbe;
import io.nodejoin.testbed.process.Await;
import io.nodejoin.testbed.simulated.SimulatedHosts;
import java.io.PrintStream;
import java.net.http.HttpResponse;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/**
 * How many requests a second the intake of a service accepts, beside a closed loop of the same starts by a plain client
 * of Temporal. No host comes: what is measured ends with the start of the workflow.
 */
final class IntakeBench {
    private static final ClusterName CLUSTER = new ClusterName("testbed");
    /** What the intake of a standard service has. */
    private static final int CONCURRENT_STARTS = 16;

    private static final int WARM_UPS = 50;
    private static final Duration TIMEOUT = Duration.ofMinutes(10);
    private static final Duration POLL = Duration.ofMillis(200);
    private static final String STARTED = "nodejoin_requests_total{";

    private final TestBed bed;
    private final PrintStream progress;
    private final SecureRandom random = new SecureRandom();

    IntakeBench(TestBed bed, PrintStream progress) {
        this.bed = bed;
        this.progress = progress;
    }

    /** Runs the measurement on a bed with a running service, after some starts to warm up. Call it once. */
    IntakeResult run(int requests) {
        try (var producer = new JoinRequestProducer(bed.kafka().bootstrapServers());
                var outcomes = new OutcomeConsumer(bed.kafka().bootstrapServers());
                var loop = new StartLoop(bed.temporal().target(), CLUSTER, CONCURRENT_STARTS)) {
            measure("warm-up-a", WARM_UPS, outcomes, loop::startAll);
            measure("warm-up-b", WARM_UPS, outcomes, fixtures -> accept(fixtures, producer));
            double starts = measure("loop", requests, outcomes, loop::startAll);
            progress.printf(Locale.ROOT, "closed loop: %.1f starts a second%n", starts);
            double accepted = measure("intake", requests, outcomes, fixtures -> accept(fixtures, producer));
            return new IntakeResult(requests, accepted, starts);
        }
    }

    /** Returns how many a second, once the service has nothing more to do for them but to wait for their hosts. */
    private double measure(String name, int count, OutcomeConsumer outcomes, Consumer<List<HostFixture>> start) {
        List<HostFixture> fixtures = IntStream.rangeClosed(1, count)
                .mapToObj(number -> HostFixture.create(name + "-" + number, false, random))
                .toList();
        long begin = System.nanoTime();
        start.accept(fixtures);
        double seconds = (System.nanoTime() - begin) / 1e9;
        awaitAnnounced(count, outcomes);
        return count / seconds;
    }

    private void accept(List<HostFixture> fixtures, JoinRequestProducer producer) {
        long before = started();
        fixtures.forEach(fixture -> producer.send(
                fixture.requestBuilder(CLUSTER, SimulatedHosts.ADDRESS).build(), CLUSTER + "/" + fixture.node()));
        if (!Await.until(TIMEOUT, () -> started() - before >= fixtures.size())) {
            throw new IllegalStateException(
                    "only " + (started() - before) + " requests are started after " + TIMEOUT.toMinutes() + " min");
        }
    }

    private long started() {
        return HttpProbe.plain()
                .get(bed.service().admin().resolve("/metrics"))
                .map(HttpResponse::body)
                .orElse("")
                .lines()
                .filter(line -> line.startsWith(STARTED) && line.contains("result=\"started\""))
                .mapToLong(line -> (long) Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }

    private static void awaitAnnounced(int count, OutcomeConsumer outcomes) {
        int announced = 0;
        long begin = System.nanoTime();
        while (announced < count) {
            if (System.nanoTime() - begin > TIMEOUT.toNanos()) {
                throw new IllegalStateException("only " + announced + " joins are announced");
            }
            announced += (int) outcomes.poll(POLL).stream()
                    .filter(received -> received.event() instanceof JoinAccepted)
                    .count();
        }
    }
}

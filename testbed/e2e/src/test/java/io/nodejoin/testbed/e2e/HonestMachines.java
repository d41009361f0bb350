package io.nodejoin.testbed.e2e;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.nodejoin.protocol.Phase;
import io.nodejoin.protocol.event.JoinSucceeded;
import io.nodejoin.protocol.event.PhaseTime;
import io.nodejoin.testbed.TestBed;
import io.nodejoin.testbed.bench.Samples;
import io.nodejoin.testbed.client.HostFixture;
import io.nodejoin.testbed.client.JoinRequestProducer;
import io.nodejoin.testbed.simulated.SimulatedHost.Fault;
import io.nodejoin.testbed.simulated.SimulatedHosts;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/** Machines that join; each is switched off after its join. */
final class HonestMachines implements AutoCloseable {
    private static final int CONCURRENT_JOINS = 20;

    private final SecureRandom random = new SecureRandom();
    private final AgentLog agentLog = new AgentLog();
    private final SimulatedHosts hosts;
    private final JoinRequestProducer producer;
    private final OutcomeLog outcomes;
    private final ScheduledExecutorService threads = Executors.newScheduledThreadPool(CONCURRENT_JOINS);

    HonestMachines(TestBed bed) {
        hosts = new SimulatedHosts(bed, SharedBed.CLUSTER, bed.controlPlane().version());
        producer = new JoinRequestProducer(bed.kafka().bootstrapServers());
        outcomes = new OutcomeLog(bed.kafka().bootstrapServers());
    }

    /**
     * Times of joins, in seconds.
     *
     * @param joins from the request to the event of success
     * @param tokens from the issue of the token to the start of the kubelet, at which it is revoked
     */
    record JoinTimes(Samples joins, Samples tokens) {
        @JsonProperty
        double p95() {
            return joins.quantile(0.95);
        }

        @JsonProperty
        double tokenP95() {
            return tokens.quantile(0.95);
        }
    }

    private record Joined(double seconds, double tokenSeconds) {}

    /** Joins so many machines, named {@code <name>-<number>}, evenly spread over this time. All must succeed. */
    JoinTimes join(String name, int joins, Duration during) throws InterruptedException, ExecutionException {
        List<ScheduledFuture<Joined>> begun = new ArrayList<>();
        for (int number = 0; number < joins; number++) {
            HostFixture fixture = HostFixture.create(name + "-" + number, false, random);
            long delay = during.toMillis() * number / joins;
            begun.add(threads.schedule(() -> join(fixture), delay, TimeUnit.MILLISECONDS));
        }
        List<Joined> joined = new ArrayList<>();
        for (ScheduledFuture<Joined> one : begun) {
            joined.add(one.get());
        }
        return new JoinTimes(
                new Samples(joined.stream().map(Joined::seconds).toList()),
                new Samples(joined.stream().map(Joined::tokenSeconds).toList()));
    }

    private Joined join(HostFixture fixture) {
        hosts.boot(fixture.node(), fixture.secret(), Fault.NONE);
        long asked = System.nanoTime();
        producer.send(
                fixture.joinRequest(SharedBed.CLUSTER, SimulatedHosts.ADDRESS), SharedBed.recordKey(fixture.node()));
        JoinSucceeded outcome = outcomes.awaitOutcome(fixture.node(), JoinSucceeded.class);
        double seconds = (System.nanoTime() - asked) / 1e9;
        hosts.switchOff(fixture.node());
        Duration token = Duration.between(at(outcome, Phase.TokenIssued), at(outcome, Phase.KubeletStarted));
        return new Joined(seconds, token.toMillis() / 1e3);
    }

    private static Instant at(JoinSucceeded outcome, Phase phase) {
        return outcome.phases().stream()
                .filter(time -> time.phase() == phase)
                .map(PhaseTime::at)
                .findFirst()
                .orElseThrow();
    }

    @Override
    public void close() {
        threads.shutdownNow();
        hosts.close();
        producer.close();
        outcomes.close();
        agentLog.close();
    }
}

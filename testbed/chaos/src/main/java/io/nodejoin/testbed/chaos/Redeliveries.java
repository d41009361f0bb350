package io.nodejoin.testbed.chaos;

import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.event.JoinRequested;
import io.nodejoin.testbed.client.HostFixture;
import io.nodejoin.testbed.client.JoinRequestProducer;
import io.nodejoin.testbed.process.Await;
import io.nodejoin.testbed.simulated.SimulatedHosts;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** One event, delivered once to one host and 101 times to another: the service writes the same at the API server for both. */
final class Redeliveries implements Experiment {
    private static final int REPEATS = 100;
    private static final Duration COMPLETION_TIMEOUT = Duration.ofSeconds(90);
    /** Longer than a join takes, and soon over. */
    private static final Duration DEADLINE = Duration.ofSeconds(50);

    @Override
    public String name() {
        return "redeliveries";
    }

    @Override
    public Findings run(ChaosBed bed, Scale scale) {
        // A token of an earlier experiment that may still be made is deleted again and again.
        List<String> failures = new ArrayList<>(bed.awaitEmptyLedger());
        List<String> once = countWrites(bed, "once", 0, failures);
        List<String> often = countWrites(bed, "often", REPEATS, failures);
        if (!often.equals(once)) {
            failures.add("one delivery cost the writes " + once + ", and " + (REPEATS + 1) + " cost " + often);
        }
        return new Findings(name(), failures)
                .with("writes of one delivery", once.size())
                .with("writes of " + (REPEATS + 1) + " deliveries", often.size());
    }

    /** Half of the repeats come beside the join, a quarter after its end, and a quarter after its deadline. */
    private static List<String> countWrites(ChaosBed bed, String name, int repeats, List<String> failures) {
        long before = bed.apiAuditLog().serviceWrites().size();
        HostFixture fixture = bed.boot("redelivered-" + name, ExpectedOutcome.SUCCESS);
        String event = UUID.randomUUID().toString();
        Instant deadline = Instant.now().plus(DEADLINE);
        JoinRequested request = fixture.requestBuilder(ChaosBed.CLUSTER, SimulatedHosts.ADDRESS)
                .deadline(deadline)
                .build();
        send(bed, request, event, 1 + repeats / 2);
        InFlightJoin join =
                new InFlightJoin(fixture.node(), JoinId.of(JoinRequestProducer.SOURCE, event), ExpectedOutcome.SUCCESS);
        Await.until(COMPLETION_TIMEOUT, () -> bed.outcomes().all().containsKey(join.joinId()));
        send(bed, request, event, repeats / 4);
        if (repeats > 0) {
            Await.until(DEADLINE, () -> Instant.now().isAfter(deadline));
        }
        send(bed, request, event, repeats / 4);
        failures.addAll(bed.awaitAndCheck(List.of(join), COMPLETION_TIMEOUT));
        failures.addAll(bed.awaitEmptyLedger());
        return bed.apiAuditLog().serviceWrites().stream().skip(before).sorted().toList();
    }

    private static void send(ChaosBed bed, JoinRequested request, String event, int times) {
        for (int i = 0; i < times; i++) {
            bed.requests().send(request, ChaosBed.recordKey(request.nodeName()), event);
        }
    }
}

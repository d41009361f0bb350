package io.nodejoin.testbed.chaos;

import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.join.JoinRequested;
import io.nodejoin.testbed.demo.HostWish;
import io.nodejoin.testbed.demo.JoinRequests;
import io.nodejoin.testbed.process.Waiting;
import io.nodejoin.testbed.simulated.SimulatedHosts;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** One event, delivered once to one host and 101 times to another: the service writes the same at the API server for both. */
final class Redeliveries implements Experiment {
    private static final int REPEATS = 100;
    private static final Duration ENDS = Duration.ofSeconds(90);
    /** Longer than a join takes, and soon over. */
    private static final Duration DEADLINE = Duration.ofSeconds(50);

    @Override
    public String name() {
        return "redeliveries";
    }

    @Override
    public Findings run(ChaosBed bed, Scale scale) {
        // A token of an earlier experiment that may still be made is deleted again and again.
        List<String> failures = new ArrayList<>(bed.settle());
        List<String> once = writesOf(bed, "once", 0, failures);
        List<String> often = writesOf(bed, "often", REPEATS, failures);
        if (!often.equals(once)) {
            failures.add("one delivery cost the writes " + once + ", and " + (REPEATS + 1) + " cost " + often);
        }
        return new Findings(name(), failures)
                .with("writes of one delivery", once.size())
                .with("writes of " + (REPEATS + 1) + " deliveries", often.size());
    }

    /** Half of the repeats come beside the join, a quarter after its end, and a quarter after its deadline. */
    private static List<String> writesOf(ChaosBed bed, String name, int repeats, List<String> failures) {
        long before = bed.writes().number();
        HostWish wish = bed.boot("redelivered-" + name, Course.SOUND);
        String event = UUID.randomUUID().toString();
        Instant deadline = Instant.now().plus(DEADLINE);
        JoinRequested request = wish.asking(ChaosBed.CLUSTER, SimulatedHosts.ADDRESS)
                .deadline(deadline)
                .build();
        send(bed, request, event, 1 + repeats / 2);
        Going join = new Going(wish.node(), JoinId.of(JoinRequests.SOURCE, event), Course.SOUND);
        Waiting.until(ENDS, () -> bed.ends().all().containsKey(join.join()));
        send(bed, request, event, repeats / 4);
        if (repeats > 0) {
            ChaosBed.letPass(Duration.between(Instant.now(), deadline));
        }
        send(bed, request, event, repeats / 4);
        failures.addAll(bed.finish(List.of(join), ENDS));
        return bed.writes().after(before);
    }

    private static void send(ChaosBed bed, JoinRequested request, String event, int times) {
        for (int i = 0; i < times; i++) {
            bed.requests().send(request, ChaosBed.key(request.nodeName()), event);
        }
    }
}

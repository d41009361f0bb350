package io.nodejoin.testbed.chaos;

import io.nodejoin.protocol.JoinId;
import io.nodejoin.testbed.demo.HostWish;
import io.nodejoin.testbed.demo.JoinRequests;
import io.nodejoin.testbed.process.Waiting;
import io.nodejoin.testbed.simulated.SimulatedHosts;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** One event, delivered once to one host and 101 times to another: the service writes the same at the API server for both. */
final class Redeliveries implements Experiment {
    private static final int REPEATS = 100;
    private static final Duration ENDS = Duration.ofSeconds(90);

    @Override
    public String name() {
        return "redeliveries";
    }

    @Override
    public Findings run(ChaosBed bed, Scale scale) {
        List<String> failures = new ArrayList<>();
        List<String> once = writesOf(bed, "once", 0, failures);
        List<String> often = writesOf(bed, "often", REPEATS, failures);
        if (!often.equals(once)) {
            failures.add("one delivery cost the writes " + once + ", and " + (REPEATS + 1) + " cost " + often);
        }
        return new Findings(
                name(),
                Map.of(
                        "writes of one delivery",
                        once.size(),
                        "writes of " + (REPEATS + 1) + " deliveries",
                        often.size()),
                failures);
    }

    /** Half of the repeats come beside the join, and half after its end. */
    private static List<String> writesOf(ChaosBed bed, String name, int repeats, List<String> failures) {
        long before = bed.writes().number();
        HostWish wish = bed.boot("redelivered-" + name, Course.SOUND);
        String event = UUID.randomUUID().toString();
        for (int i = 0; i <= repeats / 2; i++) {
            send(bed, wish, event);
        }
        Going join = new Going(wish.node(), JoinId.of(JoinRequests.SOURCE, event), Course.SOUND);
        Waiting.until(ENDS, () -> bed.ends().all().containsKey(join.join()));
        for (int i = 0; i < repeats / 2; i++) {
            send(bed, wish, event);
        }
        failures.addAll(bed.finish(List.of(join), ENDS));
        return bed.writes().after(before);
    }

    private static void send(ChaosBed bed, HostWish wish, String event) {
        bed.requests().send(wish.request(ChaosBed.CLUSTER, SimulatedHosts.ADDRESS), ChaosBed.key(wish.node()), event);
    }
}

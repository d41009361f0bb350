package io.nodejoin.testbed.bench;

import io.nodejoin.testbed.client.OutcomeConsumer.ReceivedEvent;
import io.nodejoin.testbed.host.Host;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * A join that has ended.
 *
 * @param sent just before the send of its Kafka record
 * @param seen when the Node was first seen
 * @param events what Nodejoin has said of it
 * @param closed when the workflow was seen closed
 * @param used processor time from before the send until then
 */
record Join(
        Host host,
        Instant sent,
        Instant seen,
        Instant ready,
        Instant succeeded,
        Instant closed,
        List<ReceivedEvent> events,
        JoinHistory history,
        CpuTime used) {
    private static final double NANOS = 1e9;

    Join {
        events = List.copyOf(events);
    }

    double secondsToReady() {
        return seconds(ready);
    }

    double secondsToSucceeded() {
        return seconds(succeeded);
    }

    /** The processor time but for what the servers would have used without it. */
    CpuTime usedBeyond(CpuTime restPerSecond) {
        return used.since(restPerSecond.times(seconds(closed)));
    }

    private double seconds(Instant at) {
        return Duration.between(sent, at).toNanos() / NANOS;
    }
}

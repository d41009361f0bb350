package io.nodejoin.service.collector;

import io.nodejoin.activities.Lasting;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Goes its rounds in one cluster again and again while this replica leads there. */
final class Janitor {
    private static final Logger LOG = LoggerFactory.getLogger(Janitor.class);
    private static final Duration STOP = Duration.ofSeconds(3);

    private final Leadership leadership;
    private final List<Thread> threads;
    private final CountDownLatch stopping = new CountDownLatch(1);

    /** What is done again and again, with a pause before each time, beside the other rounds. */
    record Round(String what, Duration pause, Runnable task) {}

    Janitor(Leadership leadership, List<Round> rounds, String where) {
        this.leadership = leadership;
        this.threads = rounds.stream()
                .map(round -> Thread.ofVirtual()
                        .name("janitor-" + where + "-" + round.what())
                        .unstarted(() -> repeat(round, where)))
                .toList();
    }

    void start() {
        leadership.start();
        threads.forEach(Thread::start);
    }

    /** Ends the act in hand, then lets another replica lead. */
    void stop() throws InterruptedException {
        stopping.countDown();
        for (Thread thread : threads) {
            if (thread.isAlive() && !thread.join(STOP)) {
                thread.interrupt();
            }
        }
        leadership.stop();
    }

    private void repeat(Round round, String where) {
        try {
            while (!stopping.await(round.pause().toMillis(), TimeUnit.MILLISECONDS)) {
                if (leadership.isHeld()) {
                    Lasting.succeeds(
                            "the janitor's look at the " + round.what() + " of " + where, () -> once(round, where));
                }
            }
        } catch (InterruptedException _) {
            LOG.debug("interrupted");
        }
    }

    private static void once(Round round, String where) {
        try {
            round.task().run();
        } catch (NotLeadingException e) {
            LOG.info("{}", e.getMessage());
        } catch (RuntimeException e) { // a cluster that is away now is looked at later
            LOG.warn("the {} of {} cannot be looked at: {}", round.what(), where, Sweep.reason(e));
        }
    }
}

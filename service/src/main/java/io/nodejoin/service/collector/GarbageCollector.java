package io.nodejoin.service.collector;

import io.nodejoin.activities.SupervisedLoop;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs the periodic tasks of one cluster while this replica is leader. */
final class GarbageCollector {
    private static final Logger LOG = LoggerFactory.getLogger(GarbageCollector.class);
    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(3);

    private final LeaderElection election;
    private final List<Thread> threads;
    private final CountDownLatch stopping = new CountDownLatch(1);

    /** A task that runs periodically, concurrently with the others. */
    record PeriodicTask(String name, Duration interval, Runnable action) {}

    GarbageCollector(LeaderElection election, List<PeriodicTask> tasks, String cluster) {
        this.election = election;
        this.threads = tasks.stream()
                .map(task -> Thread.ofVirtual()
                        .name("gc-" + cluster + "-" + task.name())
                        .unstarted(() -> runPeriodically(task, cluster)))
                .toList();
    }

    void start() {
        election.start();
        threads.forEach(Thread::start);
    }

    /** Completes the current effect, then releases the leadership. */
    void stop() throws InterruptedException {
        stopping.countDown();
        for (Thread thread : threads) {
            if (thread.isAlive() && !thread.join(STOP_TIMEOUT)) {
                thread.interrupt();
            }
        }
        election.stop();
    }

    private void runPeriodically(PeriodicTask task, String cluster) {
        try {
            while (!stopping.await(task.interval().toMillis(), TimeUnit.MILLISECONDS)) {
                if (election.isLeader()) {
                    SupervisedLoop.runIteration(
                            "garbage collection of " + task.name() + " of " + cluster, () -> runOnce(task, cluster));
                }
            }
        } catch (InterruptedException _) {
            LOG.debug("interrupted");
        }
    }

    private static void runOnce(PeriodicTask task, String cluster) {
        try {
            task.action().run();
        } catch (NotLeaderException e) {
            LOG.info("{}", e.getMessage());
        } catch (RuntimeException e) { // an unavailable cluster is retried in the next cycle
            LOG.warn("the {} of {} failed: {}", task.name(), cluster, CollectionCycle.reason(e));
        }
    }
}

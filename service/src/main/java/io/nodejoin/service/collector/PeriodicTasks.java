package io.nodejoin.service.collector;

import io.nodejoin.activities.SupervisedLoop;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.DoubleSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tasks that run periodically, each in a thread of its own; one that fails runs again in its next turn. */
public final class PeriodicTasks {
    private static final Logger LOG = LoggerFactory.getLogger(PeriodicTasks.class);
    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(3);
    /** Replicas that start together should not go on together. */
    private static final double JITTER = 0.2;

    private final DoubleSupplier random;
    private final List<Thread> threads;
    private final CountDownLatch stopping = new CountDownLatch(1);

    /**
     * One task.
     *
     * @param name what it does, for the log
     */
    public record Task(String name, Duration interval, Runnable action) {}

    /** @param random draws from 0 to 1, for intervals that are shorter or longer by up to a fifth */
    public PeriodicTasks(List<Task> tasks, DoubleSupplier random) {
        this.random = random;
        this.threads = tasks.stream()
                .map(task ->
                        Thread.ofVirtual().name(task.name().replace(' ', '-')).unstarted(() -> runPeriodically(task)))
                .toList();
    }

    /** Starts all of them; does not block. */
    public void start() {
        threads.forEach(Thread::start);
    }

    /** Completes the current effects. */
    public void stop() throws InterruptedException {
        stopping.countDown();
        long deadline = System.nanoTime() + STOP_TIMEOUT.toNanos();
        for (Thread thread : threads) {
            if (thread.isAlive() && !thread.join(Duration.ofNanos(deadline - System.nanoTime()))) {
                thread.interrupt();
            }
        }
    }

    private void runPeriodically(Task task) {
        try {
            while (!stopping.await(pause(task.interval()).toNanos(), TimeUnit.NANOSECONDS)) {
                SupervisedLoop.runIteration(task.name(), () -> runOnce(task));
            }
        } catch (InterruptedException _) {
            LOG.debug("interrupted");
        }
    }

    private Duration pause(Duration interval) {
        double factor = 1 + JITTER * (2 * random.getAsDouble() - 1);
        return Duration.ofNanos((long) (interval.toNanos() * factor));
    }

    private static void runOnce(Task task) {
        try {
            task.action().run();
        } catch (RuntimeException e) { // an unavailable cluster is retried in the next cycle
            LOG.warn("{} failed: {}", task.name(), CollectionCycle.reason(e));
        }
    }
}

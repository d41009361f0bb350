package io.nodejoin.service.janitor;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Sweeps one cluster again and again while this replica leads there. */
final class Janitor {
    private static final Logger LOG = LoggerFactory.getLogger(Janitor.class);
    private static final Duration STOP = Duration.ofSeconds(3);

    private final Leadership leadership;
    private final Sweep sweep;
    private final Duration pause;
    private final String where;
    private final Thread thread;
    private final CountDownLatch stopping = new CountDownLatch(1);

    Janitor(Leadership leadership, Sweep sweep, Duration pause, String where) {
        this.leadership = leadership;
        this.sweep = sweep;
        this.pause = pause;
        this.where = where;
        this.thread = Thread.ofVirtual().name("janitor-" + where).unstarted(this::run);
    }

    void start() {
        leadership.start();
        thread.start();
    }

    /** Ends the act in hand; another replica leads once the Lease has ended. */
    void stop() throws InterruptedException {
        stopping.countDown();
        if (thread.isAlive() && !thread.join(STOP)) {
            thread.interrupt();
        }
        leadership.stop();
    }

    private void run() {
        try {
            while (!stopping.await(pause.toMillis(), TimeUnit.MILLISECONDS)) {
                if (leadership.isHeld()) {
                    once();
                }
            }
        } catch (InterruptedException _) {
            LOG.debug("interrupted");
        }
    }

    private void once() {
        try {
            sweep.run();
        } catch (NotLeadingException e) {
            LOG.info("{}", e.getMessage());
        } catch (RuntimeException e) { // a cluster that is away now is swept later
            LOG.warn("the ledger of {} cannot be swept: {}", where, Sweep.reason(e));
        }
    }
}

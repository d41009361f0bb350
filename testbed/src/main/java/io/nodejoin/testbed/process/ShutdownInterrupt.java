package io.nodejoin.testbed.process;

import java.util.concurrent.CountDownLatch;

/**
 * Turns a termination signal into an interrupt of the working thread, and delays the exit until that thread has cleaned
 * up: one thread sets up and tears down, whatever happens.
 */
public final class ShutdownInterrupt implements AutoCloseable {
    private static final int TRIES = 3;

    private final Thread worker;
    private final Runnable announcement;
    private final CountDownLatch over = new CountDownLatch(1);
    private boolean ignoring;
    private volatile boolean requested;

    ShutdownInterrupt(Thread worker, Runnable announcement) {
        this.worker = worker;
        this.announcement = announcement;
    }

    /**
     * From now on a signal interrupts the calling thread.
     *
     * @param announcement run first when a signal arrives
     */
    public static ShutdownInterrupt ofThisThread(Runnable announcement) {
        ShutdownInterrupt shutdown = new ShutdownInterrupt(Thread.currentThread(), announcement);
        Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().unstarted(shutdown::onShutdown));
        return shutdown;
    }

    /** The program is terminated, or exits by itself, which needs no interrupt. */
    void onShutdown() {
        if (over.getCount() == 0) {
            return;
        }
        requested = true;
        announcement.run();
        interruptUnlessIgnored();
        try {
            over.await();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    public boolean isRequested() {
        return requested;
    }

    /**
     * Runs, in the worker, what must be done before the program may exit. It is not interrupted, and a pending
     * interrupt is cleared. One more Ctrl-C kills the commands that it runs; the cleanup is retried a few times.
     */
    public void cleanUp(Runnable cleaning) {
        ignoreInterrupts();
        for (int left = TRIES; left > 0; left--) {
            try {
                cleaning.run();
                return;
            } catch (RuntimeException failed) {
                if (left == 1) {
                    throw failed;
                }
            }
        }
    }

    private synchronized void ignoreInterrupts() {
        ignoring = true;
        Thread.interrupted();
    }

    private synchronized void interruptUnlessIgnored() {
        if (!ignoring) {
            worker.interrupt();
        }
    }

    /** The worker is done: the program may exit. */
    @Override
    public void close() {
        over.countDown();
    }
}

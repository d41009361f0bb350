package io.nodejoin.testbed.process;

import java.util.concurrent.CountDownLatch;

/**
 * Turns a signal that ends the program into an interrupt of the thread that works, and holds the program's end back until
 * that thread has cleaned up: one thread builds up and takes down, whatever happens.
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
     * @param announcement what is said first when a signal comes
     */
    public static ShutdownInterrupt ofThisThread(Runnable announcement) {
        ShutdownInterrupt shutdown = new ShutdownInterrupt(Thread.currentThread(), announcement);
        Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().unstarted(shutdown::onShutdown));
        return shutdown;
    }

    /** The program is told to end, or ends by itself, which needs no interrupt. */
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
     * Runs, in the worker, what must be done before the program may end. It is not interrupted, and an interrupt that has
     * come is cleared. But one more Ctrl-C ends the commands that it runs: what that spoils, the next of a few tries does.
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

    /** The worker is done: the program may end. */
    @Override
    public void close() {
        over.countDown();
    }
}

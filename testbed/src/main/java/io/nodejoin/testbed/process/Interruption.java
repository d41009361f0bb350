package io.nodejoin.testbed.process;

import java.util.concurrent.CountDownLatch;

/**
 * Turns a signal that ends the program into an interrupt of the thread that works, and holds the program's end back until
 * that thread has cleaned up: one thread builds up and takes down, whatever happens.
 */
public final class Interruption implements AutoCloseable {
    private static final int TRIES = 3;

    private final Thread worker;
    private final Runnable announcement;
    private final CountDownLatch over = new CountDownLatch(1);
    private boolean deaf;
    private volatile boolean came;

    Interruption(Thread worker, Runnable announcement) {
        this.worker = worker;
        this.announcement = announcement;
    }

    /**
     * From now on a signal interrupts the calling thread.
     *
     * @param announcement what is said first when a signal comes
     */
    public static Interruption ofThisThread(Runnable announcement) {
        Interruption interruption = new Interruption(Thread.currentThread(), announcement);
        Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().unstarted(interruption::arrive));
        return interruption;
    }

    /** The program is told to end, or ends by itself, which needs no interrupt. */
    void arrive() {
        if (over.getCount() == 0) {
            return;
        }
        came = true;
        announcement.run();
        interruptUnlessDeaf();
        try {
            over.await();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    public boolean came() {
        return came;
    }

    /**
     * Runs, in the worker, what must be done before the program may end. It is not interrupted, and an interrupt that has
     * come is cleared. But one more Ctrl-C ends the commands that it runs: what that spoils, the next of a few tries does.
     */
    public void clean(Runnable cleaning) {
        turnDeaf();
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

    private synchronized void turnDeaf() {
        deaf = true;
        Thread.interrupted();
    }

    private synchronized void interruptUnlessDeaf() {
        if (!deaf) {
            worker.interrupt();
        }
    }

    /** The worker is done: the program may end. */
    @Override
    public void close() {
        over.countDown();
    }
}

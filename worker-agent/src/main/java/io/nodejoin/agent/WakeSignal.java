package io.nodejoin.agent;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** A wait that another thread can end. */
interface WakeSignal {
    /** Waits for a wake-up, at most this long; returns immediately after a wake-up since the last wait. */
    void await(Duration longest) throws InterruptedException;

    /** Ends the current wait, or else the next one. */
    void wake();

    /** Creates a signal that waits in real time. */
    static WakeSignal create() {
        Semaphore rung = new Semaphore(0);
        return new WakeSignal() {
            @Override
            public void await(Duration longest) throws InterruptedException {
                if (rung.tryAcquire(longest.toNanos(), TimeUnit.NANOSECONDS)) {
                    rung.drainPermits();
                }
            }

            @Override
            public void wake() {
                rung.release();
            }
        };
    }
}

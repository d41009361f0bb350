package io.nodejoin.agent;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** A wait that another thread may end. */
interface WakeSignal {
    /** Waits until it rings, this long at most, or not at all if it has rung since the last wait. */
    void await(Duration longest) throws InterruptedException;

    /** Ends the wait that is under way, or the next one. */
    void wake();

    /** One that waits in real time. */
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

package io.nodejoin.workflows.simulation;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Code that reads as if it waited, run a piece at a time: either the simulation goes on or one fiber does, never both. A fiber that is
 * killed goes no further than where it waits.
 */
final class Fiber {
    /** Ends a killed fiber. */
    static final class Killed extends Error {
        private static final long serialVersionUID = 1L;

        private Killed() {
            super(null, null, false, false);
        }
    }

    private static final ScopedValue<Fiber> CURRENT = ScopedValue.newInstance();

    private final VirtualTime timeline;
    private final Thread thread;
    private @Nullable Thread driver;
    private volatile boolean mine;
    private volatile boolean ended;
    private volatile @Nullable Throwable defect;
    private boolean killed;
    private VirtualTime.@Nullable ScheduledEvent alarm;

    private Fiber(VirtualTime timeline, Consumer<Fiber> body) {
        this.timeline = timeline;
        this.thread = Thread.ofVirtual().unstarted(() -> run(body));
    }

    /** Starts at the current virtual time. */
    static Fiber start(VirtualTime timeline, Consumer<Fiber> body) {
        Fiber fiber = new Fiber(timeline, body);
        timeline.onStop(fiber::kill);
        fiber.alarm = timeline.scheduleAfter(Duration.ZERO, fiber::resume);
        return fiber;
    }

    /** Returns the calling fiber. */
    static Optional<Fiber> current() {
        return CURRENT.isBound() ? Optional.of(CURRENT.get()) : Optional.empty();
    }

    /** Call it in the fiber only. */
    void sleep(Duration time) {
        if (killed) {
            throw new Killed();
        }
        alarm = timeline.scheduleAfter(time, this::resume);
        park();
    }

    /** Polls until the condition holds or the end has come. Returns whether it holds. Call it in the fiber only. */
    boolean await(Instant end, Duration poll, BooleanSupplier condition) {
        while (!condition.getAsBoolean()) {
            Duration left = Duration.between(timeline.now(), end);
            if (!left.isPositive()) {
                return false;
            }
            sleep(left.compareTo(poll) < 0 ? left : poll);
        }
        return true;
    }

    /** Wakes a sleeping fiber. */
    void wake() {
        if (!ended && alarm != null) {
            alarm.callOff();
            alarm = timeline.scheduleAfter(Duration.ZERO, this::resume);
        }
    }

    boolean ended() {
        return ended;
    }

    /** Kills the fiber. Call it from outside, or in the fiber itself, which then returns. */
    void kill() {
        if (alarm != null) {
            alarm.callOff();
        }
        killed = true;
        if (!thread.equals(Thread.currentThread()) && !ended) {
            resume();
        }
    }

    private void run(Consumer<Fiber> body) {
        try {
            if (!killed) {
                ScopedValue.where(CURRENT, this).run(() -> body.accept(this));
            }
        } catch (Killed expected) {
            ended = true;
        } catch (Throwable thrown) { // handed to the simulation
            defect = thrown;
        } finally {
            ended = true;
            mine = false;
            LockSupport.unpark(driver);
        }
    }

    private void park() {
        mine = false;
        LockSupport.unpark(driver);
        while (!mine) {
            LockSupport.park(this);
        }
        if (killed) {
            throw new Killed();
        }
    }

    private void resume() {
        if (ended) {
            return;
        }
        driver = Thread.currentThread();
        mine = true;
        if (thread.getState() == Thread.State.NEW) {
            thread.start();
        } else {
            LockSupport.unpark(thread);
        }
        while (mine) {
            LockSupport.park(this);
        }
        Throwable thrown = defect;
        if (thrown != null) {
            throw new IllegalStateException("a fiber met a defect", thrown);
        }
    }
}

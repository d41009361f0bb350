package io.nodejoin.protocol.time;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.Callable;
import java.util.concurrent.Delayed;
import java.util.concurrent.Executors;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A scheduler and its clock, in virtual time: both stand still until {@link #advance}, which runs what is due in the
 * calling thread, in the order of time.
 */
public final class ManualScheduler extends AbstractExecutorService implements ScheduledExecutorService {
    private final PriorityQueue<Task<?>> tasks = new PriorityQueue<>(
            Comparator.<Task<?>>comparingLong(task -> task.dueAt).thenComparingLong(task -> task.serial));
    private long now;
    private long serials;
    private boolean shutdown;

    /** As {@link System#nanoTime()}. */
    public synchronized long nanoTime() {
        return now;
    }

    /** Passes this time. A task sees the time at which it is due, and may schedule others that are due as well. */
    public void advance(Duration time) {
        long end = nanoTime() + time.toNanos();
        for (Task<?> task = takeDue(end); task != null; task = takeDue(end)) {
            task.run();
        }
    }

    private synchronized @Nullable Task<?> takeDue(long end) {
        Task<?> first = tasks.peek();
        boolean due = first != null && first.dueAt <= end;
        now = Math.max(now, due ? first.dueAt : end);
        return due ? tasks.poll() : null;
    }

    /** Returns how many tasks wait for their time. */
    public synchronized int pending() {
        return tasks.size();
    }

    @Override
    public void execute(Runnable task) {
        ScheduledFuture<?> _ = schedule(task, 0, TimeUnit.NANOSECONDS);
    }

    @Override
    public ScheduledFuture<?> schedule(Runnable task, long delay, TimeUnit unit) {
        return schedule(Executors.callable(task), delay, unit);
    }

    @Override
    public <V> ScheduledFuture<V> schedule(Callable<V> task, long delay, TimeUnit unit) {
        return enqueue(new Task<>(task, unit.toNanos(delay), 0));
    }

    @Override
    public ScheduledFuture<?> scheduleAtFixedRate(Runnable task, long initialDelay, long period, TimeUnit unit) {
        return scheduleWithFixedDelay(task, initialDelay, period, unit);
    }

    @Override
    public ScheduledFuture<?> scheduleWithFixedDelay(Runnable task, long initialDelay, long delay, TimeUnit unit) {
        return enqueue(new Task<>(Executors.callable(task), unit.toNanos(initialDelay), unit.toNanos(delay)));
    }

    private synchronized <V> Task<V> enqueue(Task<V> task) {
        if (shutdown) {
            throw new RejectedExecutionException("shut down");
        }
        task.dueAt = now + task.delay;
        task.serial = serials++;
        tasks.add(task);
        return task;
    }

    private synchronized void remove(Task<?> task) {
        tasks.remove(task);
    }

    @Override
    public void shutdown() {
        List<Runnable> _ = shutdownNow();
    }

    @Override
    public synchronized List<Runnable> shutdownNow() {
        shutdown = true;
        List<Runnable> left = new ArrayList<>(tasks);
        tasks.clear();
        return left;
    }

    @Override
    public synchronized boolean isShutdown() {
        return shutdown;
    }

    @Override
    public boolean isTerminated() {
        return isShutdown();
    }

    @Override
    public boolean awaitTermination(long timeout, TimeUnit unit) {
        return isTerminated();
    }

    private final class Task<V> extends FutureTask<V> implements ScheduledFuture<V> {
        private final long interval;
        private long delay;
        private long dueAt;
        private long serial;

        /** @param interval zero means once */
        Task(Callable<V> task, long delay, long interval) {
            super(task);
            this.delay = delay;
            this.interval = interval;
        }

        @Override
        public void run() {
            if (interval == 0) {
                super.run();
            } else if (runAndReset() && !ManualScheduler.this.isShutdown()) {
                delay = interval;
                Task<V> _ = enqueue(this);
            }
        }

        @Override
        protected void done() {
            remove(this);
        }

        @Override
        public long getDelay(TimeUnit unit) {
            return unit.convert(dueAt - nanoTime(), TimeUnit.NANOSECONDS);
        }

        @Override
        public int compareTo(Delayed other) {
            return Long.compare(getDelay(TimeUnit.NANOSECONDS), other.getDelay(TimeUnit.NANOSECONDS));
        }
    }
}

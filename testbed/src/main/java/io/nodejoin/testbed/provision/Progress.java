package io.nodejoin.testbed.provision;

import java.io.PrintStream;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Prints one line when long work starts, with its usual duration, a heartbeat while it runs, and its duration at the
 * end.
 *
 * @param heartbeat interval of the heartbeat
 */
public record Progress(PrintStream out, Duration heartbeat) {
    private static final Duration DEFAULT_HEARTBEAT = Duration.ofMinutes(1);

    /** Prints to standard error, so that standard output contains only results. */
    public static Progress onStandardError() {
        return new Progress(System.err, DEFAULT_HEARTBEAT);
    }

    public void print(String sentence) {
        out.println(sentence);
    }

    /**
     * Does the work, with a line before and one after it.
     *
     * @param what for example "building Temporal 1.29.1 from source, about 2 minutes, only the first time"
     */
    public <T> T report(String what, Supplier<T> work) {
        long begin = System.nanoTime();
        String name = what.substring(0, what.indexOf(',') < 0 ? what.length() : what.indexOf(','));
        print(what + " ...");
        T result = withHeartbeat(() -> print(name + ": " + elapsed(begin) + " so far"), work);
        print(name + ": done in " + elapsed(begin));
        return result;
    }

    private <T> T withHeartbeat(Runnable sign, Supplier<T> work) {
        CountDownLatch ended = new CountDownLatch(1);
        Thread.ofVirtual().start(() -> repeatUntil(ended, sign));
        try {
            return work.get();
        } finally {
            ended.countDown();
        }
    }

    private void repeatUntil(CountDownLatch ended, Runnable sign) {
        try {
            while (!ended.await(heartbeat.toNanos(), TimeUnit.NANOSECONDS)) {
                sign.run();
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private static String elapsed(long begin) {
        return readable(Duration.ofNanos(System.nanoTime() - begin));
    }

    static String readable(Duration duration) {
        return duration.toMinutes() > 0
                ? "%dm%02ds".formatted(duration.toMinutes(), duration.toSecondsPart())
                : "%.1fs".formatted(duration.toMillis() / 1000.0);
    }
}

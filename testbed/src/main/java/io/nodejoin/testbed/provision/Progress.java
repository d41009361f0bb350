package io.nodejoin.testbed.provision;

import java.io.PrintStream;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Tells a waiting person on one line each what begins, how long it usually takes, that it still goes on, and what it took.
 *
 * @param lifeSign how often work that goes on says so
 */
public record Progress(PrintStream out, Duration lifeSign) {
    private static final Duration USUAL_LIFE_SIGN = Duration.ofMinutes(1);

    /** The usual one: standard error, so that standard output stays for results. */
    public static Progress onStandardError() {
        return new Progress(System.err, USUAL_LIFE_SIGN);
    }

    public void say(String sentence) {
        out.println(sentence);
    }

    /**
     * Does the work, with a line before and one after it.
     *
     * @param what for example "building Temporal 1.29.1 from source, about 2 minutes, only the first time"
     */
    public <T> T during(String what, Supplier<T> work) {
        long begin = System.nanoTime();
        String name = what.substring(0, what.indexOf(',') < 0 ? what.length() : what.indexOf(','));
        say(what + " ...");
        T result = showingLife(() -> say(name + ": " + since(begin) + " so far"), work);
        say(name + ": done in " + since(begin));
        return result;
    }

    private <T> T showingLife(Runnable sign, Supplier<T> work) {
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
            while (!ended.await(lifeSign.toNanos(), TimeUnit.NANOSECONDS)) {
                sign.run();
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private static String since(long begin) {
        return readable(Duration.ofNanos(System.nanoTime() - begin));
    }

    static String readable(Duration duration) {
        return duration.toMinutes() > 0
                ? "%dm%02ds".formatted(duration.toMinutes(), duration.toSecondsPart())
                : "%.1fs".formatted(duration.toMillis() / 1000.0);
    }
}

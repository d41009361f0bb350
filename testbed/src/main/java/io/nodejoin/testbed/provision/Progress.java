package io.nodejoin.testbed.provision;

import java.io.PrintStream;
import java.time.Duration;
import java.util.function.Supplier;

/** Tells a waiting person on one line each what begins, how long it usually takes, and what it took. */
public record Progress(PrintStream out) {

    /** The usual one: standard error, so that standard output stays for results. */
    public static Progress onStandardError() {
        return new Progress(System.err);
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
        say(what + " ...");
        T result = work.get();
        say(what.substring(0, what.indexOf(',') < 0 ? what.length() : what.indexOf(',')) + ": done in "
                + readable(Duration.ofNanos(System.nanoTime() - begin)));
        return result;
    }

    static String readable(Duration duration) {
        return duration.toMinutes() > 0
                ? "%dm%02ds".formatted(duration.toMinutes(), duration.toSecondsPart())
                : "%.1fs".formatted(duration.toMillis() / 1000.0);
    }
}

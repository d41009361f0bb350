package io.nodejoin.testbed.process;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Supplier;

/** Runs independent tasks concurrently. */
public final class Parallel {
    private Parallel() {}

    /**
     * Returns the results in order when all have ended; if some failed, throws the first failure with the others
     * suppressed.
     */
    public static <T> List<T> run(List<? extends Supplier<? extends T>> work) {
        List<Future<T>> futures = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (Supplier<? extends T> each : work) {
                futures.add(threads.submit(each::get));
            }
        }
        List<T> results = new ArrayList<>();
        List<RuntimeException> failures = new ArrayList<>();
        for (Future<T> future : futures) {
            collect(future, results, failures);
        }
        if (!failures.isEmpty()) {
            RuntimeException first = failures.removeFirst();
            failures.forEach(first::addSuppressed);
            throw first;
        }
        return results;
    }

    private static <T> void collect(Future<T> future, List<T> results, List<RuntimeException> failures) {
        try {
            results.add(future.get());
        } catch (ExecutionException failed) {
            failures.add(
                    failed.getCause() instanceof RuntimeException cause
                            ? cause
                            : new IllegalStateException(failed.getCause()));
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            failures.add(new IllegalStateException("interrupted", interrupted));
        }
    }
}

package io.nodejoin.activities;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs iterations of a thread that lives as long as the process. An unexpected failure is logged and the loop
 * continues; a broken process (out of memory, missing classes) halts, so that its supervisor restarts it.
 */
public final class SupervisedLoop {
    private static final Logger LOG = LoggerFactory.getLogger(SupervisedLoop.class);
    /** The exit status of a JVM that exits on OutOfMemoryError. */
    private static final int HALT_STATUS = 3;

    private SupervisedLoop() {}

    /** One iteration. */
    @FunctionalInterface
    public interface Iteration<E extends Exception> {
        void run() throws E;
    }

    /** Runs one iteration. Returns false after an unexpected failure, which is logged. */
    public static <E extends Exception> boolean runIteration(String description, Iteration<E> iteration) throws E {
        try {
            iteration.run();
            return true;
        } catch (RuntimeException | Error e) { // the next iteration may succeed, whatever failed in this one
            logOrHalt(description, e);
            return false;
        }
    }

    /**
     * Logs the failure, or halts the JVM if it cannot continue: without its classes, or without memory for a thread,
     * the process would appear alive and do nothing. A StackOverflowError is only logged: it comes from the input, and
     * would end the next process as well.
     */
    public static void logOrHalt(String description, Throwable failure) {
        if (isFatal(failure)) {
            LOG.error("{} failed and this process cannot continue; it exits", description, failure);
            Runtime.getRuntime().halt(HALT_STATUS);
        }
        LOG.error("{} failed; it is tried again", description, failure);
    }

    private static boolean isFatal(Throwable failure) {
        return switch (failure) {
            case StackOverflowError _ -> false;
            case VirtualMachineError _, LinkageError _ -> true;
            default -> false;
        };
    }
}

package io.nodejoin.activities;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What threads that live as long as their process do again and again. No failure of it ends such a thread in silence: the thread goes
 * on, or, if it is the process that is broken, the process ends, and whoever watches over it starts another one.
 */
public final class SupervisedLoop {
    private static final Logger LOG = LoggerFactory.getLogger(SupervisedLoop.class);
    /** The same as of a JVM that ends because it is out of memory. */
    private static final int HALT_STATUS = 3;

    private SupervisedLoop() {}

    /** One time of it. */
    @FunctionalInterface
    public interface Iteration<E extends Exception> {
        void run() throws E;
    }

    /** Does it. False if it failed in a way that nobody expected, which is logged: the thread goes on. */
    public static <E extends Exception> boolean runIteration(String description, Iteration<E> iteration) throws E {
        try {
            iteration.run();
            return true;
        } catch (RuntimeException | Error e) { // whatever it is, the next time may be better
            logOrHalt(description, e);
            return false;
        }
    }

    /**
     * Logs the failure if the process outlives it, and ends the process at once if not: without its classes, or without memory for
     * a thread, it would look alive and do nothing. Too deep a recursion is of what was read, and would end the next process as well.
     */
    public static void logOrHalt(String description, Throwable failure) {
        if (isFatal(failure)) {
            LOG.error("{} failed, since this process is broken; it ends", description, failure);
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

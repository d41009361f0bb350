package io.nodejoin.service.wiring;

import io.nodejoin.activities.RootCause;
import io.nodejoin.client.config.ConfigException;
import io.nodejoin.gateway.config.ListenAddress;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Starts components in order and stops them in reverse; a failure to stop one does not prevent the others from being
 * stopped.
 */
public final class Lifecycle {
    private static final Logger LOG = LoggerFactory.getLogger(Lifecycle.class);

    private final List<Part> parts;
    private final Deque<Part> started = new ArrayDeque<>();

    Lifecycle(List<Part> parts) {
        this.parts = List.copyOf(parts);
    }

    /** A component that is started and stopped. */
    record Part(String name, Action start, Action stop) {
        static Part stopping(String name, Action stop) {
            return new Part(name, () -> {}, stop);
        }

        /** Creates a listening component; the failure to bind names the setting of the address. */
        static Part listening(String setting, ListenAddress address, Action start, Action stop) {
            return new Part(setting, () -> listen(setting, address, start), stop);
        }

        private static void listen(String setting, ListenAddress address, Action start) throws Exception {
            try {
                start.run();
            } catch (IOException e) {
                throw new ConfigException(
                        "%s is %s, which cannot be bound: %s".formatted(setting, address, RootCause.message(e)), e);
            }
        }
    }

    /** A start or a stop. */
    @FunctionalInterface
    interface Action {
        void run() throws Exception;
    }

    /** Starts all components. If one fails, stops those before it and throws its failure. */
    public synchronized void start() throws Exception {
        for (Part part : parts) {
            try {
                part.start().run();
                started.push(part);
            } catch (Exception | Error failure) { // whatever a component throws, the others are stopped
                stopAfter(failure);
                throw failure;
            }
        }
    }

    /** A component did not stop; all others have, or are suppressed in it. */
    public static final class StopException extends Exception {
        private StopException(Throwable first) {
            super(first.getMessage(), first);
        }
    }

    /** Stops what was started, in reverse order. Throws the first failure with the others suppressed. Idempotent. */
    public synchronized void stop() throws StopException {
        StopException failed = null;
        while (!started.isEmpty()) {
            Part part = started.pop();
            try {
                LOG.debug("stopping {}", part.name());
                part.stop().run();
            } catch (Exception | Error failure) { // whatever a component throws, the others are stopped
                failed = withSuppressed(failed, part, failure);
            }
        }
        if (failed != null) {
            throw failed;
        }
    }

    private void stopAfter(Throwable failure) {
        try {
            stop();
        } catch (StopException later) {
            failure.addSuppressed(later);
        }
    }

    private static StopException withSuppressed(@Nullable StopException first, Part part, Throwable later) {
        Throwable named =
                later instanceof Error ? new IllegalStateException(part.name() + " does not stop", later) : later;
        if (first == null) {
            return new StopException(named);
        }
        first.addSuppressed(named);
        return first;
    }
}

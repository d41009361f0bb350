package io.nodejoin.service.wiring;

import io.nodejoin.activities.RootCause;
import io.nodejoin.service.config.ConfigException;
import io.nodejoin.service.config.ListenAddress;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Starts parts in order and stops them in reverse; every stop is tried, whatever the others do. */
public final class Lifecycle {
    private static final Logger LOG = LoggerFactory.getLogger(Lifecycle.class);

    private final List<Part> parts;
    private final Deque<Part> started = new ArrayDeque<>();

    Lifecycle(List<Part> parts) {
        this.parts = List.copyOf(parts);
    }

    /** Something that starts and stops. */
    record Part(String name, Action start, Action stop) {
        static Part stopping(String name, Action stop) {
            return new Part(name, () -> {}, stop);
        }

        /** Opens a port; one that cannot be had is told with the setting that names it. */
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

    /** One step of a start or a stop. */
    @FunctionalInterface
    interface Action {
        void run() throws Exception;
    }

    /** Starts all parts; if one cannot, those before it are stopped and its failure is thrown. */
    public synchronized void start() throws Exception {
        for (Part part : parts) {
            try {
                part.start().run();
                started.push(part);
            } catch (Exception | Error failure) { // whatever a part throws, the others have to stop
                stopAfter(failure);
                throw failure;
            }
        }
    }

    /** Stops what was started, latest first. Throws one failure with the others suppressed. A second call does nothing. */
    public synchronized void stop() throws Exception {
        Exception first = null;
        while (!started.isEmpty()) {
            Part part = started.pop();
            try {
                LOG.debug("stopping {}", part.name());
                part.stop().run();
            } catch (Exception failure) { // whatever a part throws, the others have to stop
                first = withSuppressed(first, failure);
            } catch (Error error) {
                first = withSuppressed(first, new IllegalStateException(part.name() + " does not stop", error));
            }
        }
        if (first != null) {
            throw first;
        }
    }

    private void stopAfter(Throwable failure) {
        try {
            stop();
        } catch (Exception later) { // it is reported with the failure that led here
            failure.addSuppressed(later);
        }
    }

    private static Exception withSuppressed(@Nullable Exception first, Exception later) {
        if (first == null) {
            return later;
        }
        first.addSuppressed(later);
        return first;
    }
}

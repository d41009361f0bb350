package io.nodejoin.agent.preflight;

import java.net.URI;
import java.time.Instant;
import java.util.Optional;

/** Asks a server for its time. */
@FunctionalInterface
public interface ServerClock {
    /** The server's time as it was while it answered, or empty if it does not say. Sends no credential. */
    Optional<Instant> serverTime(URI server);
}

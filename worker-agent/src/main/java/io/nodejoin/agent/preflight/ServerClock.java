package io.nodejoin.agent.preflight;

import java.net.URI;
import java.time.Instant;
import java.util.Optional;

/** Reads the time of a server. */
@FunctionalInterface
public interface ServerClock {
    /** Returns the time in the server's response, or empty if it has none. Sends no credential. */
    Optional<Instant> serverTime(URI server);
}

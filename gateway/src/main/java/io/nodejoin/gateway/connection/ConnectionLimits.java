package io.nodejoin.gateway.connection;

import java.time.Duration;

/**
 * Limits on the connections of clients; all positive.
 *
 * @param firstHead time from the opening of a connection, TLS handshake included, to the end of its first request's head
 * @param nextHead time from a response to the end of the next request's head; also how long a connection may be idle
 * @param body time from the end of a request's head to the end of its body
 * @param anonymous open connections on which no certificate of an agent has been accepted yet
 */
public record ConnectionLimits(Duration firstHead, Duration nextHead, Duration body, int anonymous) {
    /** Heap for one connection without a certificate: its TLS engine, two buffers, and the body of an enrollment. */
    private static final long BYTES_OF_CONNECTION = 128 * 1024;

    /**
     * The defaults: ten seconds for a body, which an agent sends at once, thirty before, since handshakes wait for each other
     * when a fleet connects, and as many connections as the heap can bear.
     */
    public static ConnectionLimits defaults() {
        return new ConnectionLimits(
                Duration.ofSeconds(30),
                Duration.ofSeconds(60),
                Duration.ofSeconds(10),
                Math.toIntExact(Math.min(Integer.MAX_VALUE, Runtime.getRuntime().maxMemory() / BYTES_OF_CONNECTION)));
    }
}

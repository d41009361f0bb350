package io.nodejoin.gateway.connection;

import java.util.Locale;

/** Why the gateway closes a connection. */
enum Closure {
    /** No complete request head came in time. */
    DEADLINE,
    /** The connections without a certificate were too many, and its subnet had the most. */
    LIMIT,
    /** A proxy that has to begin with a header of the PROXY protocol sent none, or a wrong one. */
    PROXY_HEADER,
    /** Its subnet, or strangers in all, opened too many in a short time. */
    RATE;

    String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}

package io.nodejoin.gateway.connection;

import java.util.Locale;

/** Why the gateway closes a connection. */
enum Closure {
    /** No complete request head came in time. */
    DEADLINE,
    /** The connections without a certificate were too many, and its subnet had the most. */
    LIMIT,
    /** Its subnet, or strangers in all, opened too many in a short time. */
    RATE;

    String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}

/** Limits on the connections of clients and on what they may leave unfinished. */
@NullMarked
package io.nodejoin.gateway.connection;

import org.jspecify.annotations.NullMarked;

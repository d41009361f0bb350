/** The joins of the agents, as the gateway sees them in Temporal. */
@NullMarked
package io.nodejoin.gateway.temporal;

import org.jspecify.annotations.NullMarked;

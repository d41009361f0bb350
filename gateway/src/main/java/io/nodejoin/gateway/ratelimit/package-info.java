/** Limits of attempts by node and by client subnet, and the record of refused ones. */
@NullMarked
package io.nodejoin.gateway.ratelimit;

import org.jspecify.annotations.NullMarked;

/** Rate limits by node and by client subnet, and the audit of refusals. */
@NullMarked
package io.nodejoin.gateway.ratelimit;

import org.jspecify.annotations.NullMarked;

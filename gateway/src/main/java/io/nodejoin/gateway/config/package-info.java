/** Settings and timeouts of the gateway. */
@NullMarked
package io.nodejoin.gateway.config;

import org.jspecify.annotations.NullMarked;

/** Connected agents: pending polls, commands and results, and the host activities that use them. */
@NullMarked
package io.nodejoin.gateway.session;

import org.jspecify.annotations.NullMarked;

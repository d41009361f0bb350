/** Commands to a host, by way of the gateway and its worker-agent. */
@NullMarked
package io.nodejoin.workflows.hostcommand;

import org.jspecify.annotations.NullMarked;

/** Commands to a host, through the gateway and its worker-agent. */
@NullMarked
package io.nodejoin.workflows.hostcommand;

import org.jspecify.annotations.NullMarked;

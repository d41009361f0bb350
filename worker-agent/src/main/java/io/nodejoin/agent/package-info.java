/** The worker-agent: the process on a host that executes the gateway's commands, and undoes them. */
@NullMarked
package io.nodejoin.agent;

import org.jspecify.annotations.NullMarked;

/** The worker-agent: the process on a host that does what the gateway assigns, and undoes it. */
@NullMarked
package io.nodejoin.agent;

import org.jspecify.annotations.NullMarked;

/** From a command and the host's state to an ordered list of steps, without a change of the host. */
@NullMarked
package io.nodejoin.agent.plan;

import org.jspecify.annotations.NullMarked;

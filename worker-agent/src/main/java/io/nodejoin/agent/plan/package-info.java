/** From a command and the facts to an ordered list of steps, without touching the host. */
@NullMarked
package io.nodejoin.agent.plan;

import org.jspecify.annotations.NullMarked;

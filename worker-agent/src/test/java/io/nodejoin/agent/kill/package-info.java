/** An agent that is killed at any of its effects, and what of the host is found then. */
@NullMarked
package io.nodejoin.agent.kill;

import org.jspecify.annotations.NullMarked;

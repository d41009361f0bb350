/** Verifies what is installed of the agent. */
@NullMarked
package io.nodejoin.agent.install;

import org.jspecify.annotations.NullMarked;

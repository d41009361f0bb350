/** Copies the agent's package to the file system of a host, and verifies what is installed there. */
@NullMarked
package io.nodejoin.agent.install;

import org.jspecify.annotations.NullMarked;

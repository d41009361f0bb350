/** The journal of accepted commands, changes and results, which survives a crash of the agent. */
@NullMarked
package io.nodejoin.agent.journal;

import org.jspecify.annotations.NullMarked;

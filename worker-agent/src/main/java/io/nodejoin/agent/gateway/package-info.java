/** The agent's side of the agent API: its identity, enrollment and the long poll. */
@NullMarked
package io.nodejoin.agent.gateway;

import org.jspecify.annotations.NullMarked;

/** The agent's side of the agent API: identity, enrollment and long poll. */
@NullMarked
package io.nodejoin.agent.gateway;

import org.jspecify.annotations.NullMarked;

/** What the agent touches of its host: files, commands, units and ports, each behind an interface. */
@NullMarked
package io.nodejoin.agent.host;

import org.jspecify.annotations.NullMarked;

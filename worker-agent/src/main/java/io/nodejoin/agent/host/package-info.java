/** The host as ports: files, commands, units and network, each behind an interface. */
@NullMarked
package io.nodejoin.agent.host;

import org.jspecify.annotations.NullMarked;

/** Agents and the logs of their hosts, as the gateway replicas know them. */
@NullMarked
package io.nodejoin.visibility.agent;

import org.jspecify.annotations.NullMarked;

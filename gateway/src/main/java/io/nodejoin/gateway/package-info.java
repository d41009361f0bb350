/** The host gateway: the HTTPS server of the worker-agents, and the activities that send commands to them. */
@NullMarked
package io.nodejoin.gateway;

import org.jspecify.annotations.NullMarked;

/** The agent API: what a worker-agent and the host gateway say to each other over mTLS. */
@NullMarked
package io.nodejoin.protocol.agent;

import org.jspecify.annotations.NullMarked;

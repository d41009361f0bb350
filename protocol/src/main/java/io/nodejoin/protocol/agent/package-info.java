/** The agent API: the messages between worker-agent and host gateway, over mTLS. */
@NullMarked
package io.nodejoin.protocol.agent;

import org.jspecify.annotations.NullMarked;

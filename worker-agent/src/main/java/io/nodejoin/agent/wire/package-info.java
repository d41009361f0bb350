/** The JSON form of what the agent sends, receives and records. */
@NullMarked
package io.nodejoin.agent.wire;

import org.jspecify.annotations.NullMarked;

/** What the agent has accepted, changed and answered, kept over its own crash. */
@NullMarked
package io.nodejoin.agent.journal;

import org.jspecify.annotations.NullMarked;

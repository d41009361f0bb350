/** The host's journal, for those who read it while a join runs. */
@NullMarked
package io.nodejoin.agent.log;

import org.jspecify.annotations.NullMarked;

/** The five commands, one class each. */
@NullMarked
package io.nodejoin.agent.command;

import org.jspecify.annotations.NullMarked;

/** The commands of the gateway, one class each. */
@NullMarked
package io.nodejoin.agent.command;

import org.jspecify.annotations.NullMarked;

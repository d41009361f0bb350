/** Executes the steps of a plan, each after its undo is journaled, and undoes them. */
@NullMarked
package io.nodejoin.agent.step;

import org.jspecify.annotations.NullMarked;

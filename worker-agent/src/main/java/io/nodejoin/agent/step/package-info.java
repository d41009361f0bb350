/** Does the steps of a plan, each behind a journalled undo, and undoes them. */
@NullMarked
package io.nodejoin.agent.step;

import org.jspecify.annotations.NullMarked;

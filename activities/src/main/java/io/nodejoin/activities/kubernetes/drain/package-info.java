/** Drains nodes that leave: cordon, and evictions within disruption budgets. */
@NullMarked
package io.nodejoin.activities.kubernetes.drain;

import org.jspecify.annotations.NullMarked;

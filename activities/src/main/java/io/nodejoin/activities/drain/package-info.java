/** Nodes that leave: cordon, and evictions as budgets allow. */
@NullMarked
package io.nodejoin.activities.drain;

import org.jspecify.annotations.NullMarked;

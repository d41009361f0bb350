/** Nodes that leave: cordon, and evictions as budgets allow. */
@NullMarked
package io.nodejoin.activities.kubernetes.drain;

import org.jspecify.annotations.NullMarked;

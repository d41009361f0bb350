/** The machines of a pool, and the one workflow that gives them to joins. */
@NullMarked
package io.nodejoin.workflows.pool;

import org.jspecify.annotations.NullMarked;

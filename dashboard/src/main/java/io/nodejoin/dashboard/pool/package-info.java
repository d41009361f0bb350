/** The pools of waiting machines, as pages and API show them. */
@NullMarked
package io.nodejoin.dashboard.pool;

import org.jspecify.annotations.NullMarked;

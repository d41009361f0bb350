/** The pools of waiting machines, as their workflows have them. */
@NullMarked
package io.nodejoin.visibility.pool;

import org.jspecify.annotations.NullMarked;

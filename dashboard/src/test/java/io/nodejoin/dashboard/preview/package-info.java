/** The dashboard on invented joins, for tests and for those who change its looks. */
@NullMarked
package io.nodejoin.dashboard.preview;

import org.jspecify.annotations.NullMarked;

/** The pages on which people see joins, and the same data as JSON. */
@NullMarked
package io.nodejoin.dashboard;

import org.jspecify.annotations.NullMarked;

/** Joins and leaves as Temporal knows them. */
@NullMarked
package io.nodejoin.visibility.join;

import org.jspecify.annotations.NullMarked;

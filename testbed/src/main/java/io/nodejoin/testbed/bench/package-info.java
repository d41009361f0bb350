/** Measurements of Nodejoin, each beside its peer or floor in the same run. */
@NullMarked
package io.nodejoin.testbed.bench;

import org.jspecify.annotations.NullMarked;

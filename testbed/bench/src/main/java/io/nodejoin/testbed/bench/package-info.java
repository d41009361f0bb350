/** Benchmarks of Nodejoin, each with a baseline in the same run. */
@NullMarked
package io.nodejoin.testbed.bench;

import org.jspecify.annotations.NullMarked;

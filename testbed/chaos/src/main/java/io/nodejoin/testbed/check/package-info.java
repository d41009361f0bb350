/** Invariants that hold whatever fails, checked from outside: never by what Nodejoin reports about itself. */
@NullMarked
package io.nodejoin.testbed.check;

import org.jspecify.annotations.NullMarked;

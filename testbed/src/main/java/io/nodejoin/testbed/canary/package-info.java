/** Finds secrets where they must not be, in any encoding. */
@NullMarked
package io.nodejoin.testbed.canary;

import org.jspecify.annotations.NullMarked;

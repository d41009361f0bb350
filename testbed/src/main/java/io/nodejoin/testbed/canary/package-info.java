/** Finds secrets where they should not be, whatever they are wrapped in. */
@NullMarked
package io.nodejoin.testbed.canary;

import org.jspecify.annotations.NullMarked;

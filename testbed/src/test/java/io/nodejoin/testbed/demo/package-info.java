/** Tests of the demo's own arithmetic and texts. */
@NullMarked
package io.nodejoin.testbed.demo;

import org.jspecify.annotations.NullMarked;

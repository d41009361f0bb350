/** Joins on a real bed whose components fail, observed by a checker: nothing is lost and nothing is left behind. */
@NullMarked
package io.nodejoin.testbed.chaos;

import org.jspecify.annotations.NullMarked;

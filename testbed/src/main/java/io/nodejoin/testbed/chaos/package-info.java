/** Joins on a real bed while its parts die, and a checker that looks on: nothing is lost and nothing is left behind. */
@NullMarked
package io.nodejoin.testbed.chaos;

import org.jspecify.annotations.NullMarked;

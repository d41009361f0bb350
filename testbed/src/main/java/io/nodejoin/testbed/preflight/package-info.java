/**
 * What is checked before anything is built or touched: arguments, tools, disk space, cache, the number of the bed. Uses the JDK and
 * {@code config} only, since the scripts run it from its sources while nothing is built yet.
 */
@NullMarked
package io.nodejoin.testbed.preflight;

import org.jspecify.annotations.NullMarked;

/** What each step registers to be undone, and the run of all of it. */
@NullMarked
package io.nodejoin.workflows.compensation;

import org.jspecify.annotations.NullMarked;

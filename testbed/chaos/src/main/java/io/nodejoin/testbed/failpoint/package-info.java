/** Points at which the service of a bed fails on purpose; the release knows nothing of them. */
@NullMarked
package io.nodejoin.testbed.failpoint;

import org.jspecify.annotations.NullMarked;

/** Operating system processes: run to an end, or kept alive under a pid file that knows its own. */
@NullMarked
package io.nodejoin.testbed.process;

import org.jspecify.annotations.NullMarked;

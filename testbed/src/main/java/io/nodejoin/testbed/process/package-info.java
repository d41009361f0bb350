/** Operating system processes: run to their end, or supervised under a pid file. */
@NullMarked
package io.nodejoin.testbed.process;

import org.jspecify.annotations.NullMarked;

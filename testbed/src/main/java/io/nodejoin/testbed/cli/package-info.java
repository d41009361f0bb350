/** The command line of the test bed. */
@NullMarked
package io.nodejoin.testbed.cli;

import org.jspecify.annotations.NullMarked;

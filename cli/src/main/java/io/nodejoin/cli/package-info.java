/** The commands of the nodejoin command line. */
@NullMarked
package io.nodejoin.cli;

import org.jspecify.annotations.NullMarked;

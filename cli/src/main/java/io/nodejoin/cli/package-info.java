/** The commands of nodejoin that talk to a running system. */
@NullMarked
package io.nodejoin.cli;

import org.jspecify.annotations.NullMarked;

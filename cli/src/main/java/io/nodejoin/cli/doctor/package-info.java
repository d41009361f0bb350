/** Checks whether a cluster meets the preconditions of joins, and how to establish them. */
@NullMarked
package io.nodejoin.cli.doctor;

import org.jspecify.annotations.NullMarked;

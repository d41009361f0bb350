/** Proves by behaviour whether a cluster is fit for joins, and says how to make it so. */
@NullMarked
package io.nodejoin.cli.doctor;

import org.jspecify.annotations.NullMarked;

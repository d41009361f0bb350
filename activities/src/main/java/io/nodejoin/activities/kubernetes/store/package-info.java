/** Nodejoin's own entries in ConfigMaps, written by compare-and-swap. */
@NullMarked
package io.nodejoin.activities.kubernetes.store;

import org.jspecify.annotations.NullMarked;

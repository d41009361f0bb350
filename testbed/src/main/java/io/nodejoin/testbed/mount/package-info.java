/** Mounts of a bed or the cache, and their removal. */
@NullMarked
package io.nodejoin.testbed.mount;

import org.jspecify.annotations.NullMarked;

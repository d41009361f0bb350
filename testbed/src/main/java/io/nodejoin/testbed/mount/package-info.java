/** Mounts that a bed or the cache makes, and their removal. */
@NullMarked
package io.nodejoin.testbed.mount;

import org.jspecify.annotations.NullMarked;

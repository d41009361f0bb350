/** Machines of pools whose agents wait at this replica until a join takes them. */
@NullMarked
package io.nodejoin.gateway.machines;

import org.jspecify.annotations.NullMarked;

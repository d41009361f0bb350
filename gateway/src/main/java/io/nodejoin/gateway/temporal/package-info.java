/** The gateway's access to the joins in Temporal. */
@NullMarked
package io.nodejoin.gateway.temporal;

import org.jspecify.annotations.NullMarked;

/** How many joins of a cluster may be under way, and in which order the others begin. */
@NullMarked
package io.nodejoin.gateway.admission;

import org.jspecify.annotations.NullMarked;

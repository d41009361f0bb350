/** Clients of the target clusters, and what all activities against an API server share. */
@NullMarked
package io.nodejoin.activities.kubernetes;

import org.jspecify.annotations.NullMarked;

/** Prepares a cluster for joins by Nodejoin: rights, cluster-info, guards, the service's own credential. */
@NullMarked
package io.nodejoin.activities.kubernetes.preparation;

import org.jspecify.annotations.NullMarked;

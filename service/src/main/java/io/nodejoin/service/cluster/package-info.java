/** Prepares a cluster for joins by Nodejoin: rights, cluster-info, guards, the service's own credential. */
@NullMarked
package io.nodejoin.service.cluster;

import org.jspecify.annotations.NullMarked;

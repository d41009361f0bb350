/** Prepares a cluster for Nodejoin's joins: rights, cluster-info, admission policies, the service's own credential. */
@NullMarked
package io.nodejoin.activities.kubernetes.preparation;

import org.jspecify.annotations.NullMarked;

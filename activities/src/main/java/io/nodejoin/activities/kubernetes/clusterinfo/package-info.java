/** The public ConfigMap cluster-info and the signatures on it. */
@NullMarked
package io.nodejoin.activities.kubernetes.clusterinfo;

import org.jspecify.annotations.NullMarked;

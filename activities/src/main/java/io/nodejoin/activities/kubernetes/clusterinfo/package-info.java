/** The public ConfigMap cluster-info and its signatures. */
@NullMarked
package io.nodejoin.activities.kubernetes.clusterinfo;

import org.jspecify.annotations.NullMarked;

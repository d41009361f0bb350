/** Activity interface of the public ConfigMap cluster-info. */
@NullMarked
package io.nodejoin.workflows.clusterinfo;

import org.jspecify.annotations.NullMarked;

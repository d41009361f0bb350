/** A real Kubernetes control plane: etcd, API server, controller manager, scheduler. */
@NullMarked
package io.nodejoin.testbed.controlplane;

import org.jspecify.annotations.NullMarked;

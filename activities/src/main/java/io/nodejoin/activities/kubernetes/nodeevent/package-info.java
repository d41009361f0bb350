/** What joins and leaves tell the readers of a cluster's Nodes: Events of the API group events.k8s.io. */
@NullMarked
package io.nodejoin.activities.kubernetes.nodeevent;

import org.jspecify.annotations.NullMarked;

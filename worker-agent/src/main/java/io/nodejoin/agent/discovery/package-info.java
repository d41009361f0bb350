/** From a sealed token to a verified cluster, as kubeadm does it with a pinned CA. */
@NullMarked
package io.nodejoin.agent.discovery;

import org.jspecify.annotations.NullMarked;

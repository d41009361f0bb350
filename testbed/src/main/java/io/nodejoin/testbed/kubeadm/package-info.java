/** Other ways to join a node, to measure Nodejoin against. */
@NullMarked
package io.nodejoin.testbed.kubeadm;

import org.jspecify.annotations.NullMarked;

/** A host in one process: the agent's own code over a kubelet stand-in that does the wire traffic of a kubelet. */
@NullMarked
package io.nodejoin.testbed.simulated;

import org.jspecify.annotations.NullMarked;

/** A host in one process: the agent's own code with a simulated kubelet that sends the traffic of a kubelet. */
@NullMarked
package io.nodejoin.testbed.simulated;

import org.jspecify.annotations.NullMarked;

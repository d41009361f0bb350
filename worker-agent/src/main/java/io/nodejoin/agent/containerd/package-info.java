/** The configuration of containerd, in the versions of its format. */
@NullMarked
package io.nodejoin.agent.containerd;

import org.jspecify.annotations.NullMarked;

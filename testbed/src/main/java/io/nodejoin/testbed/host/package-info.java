/** Hosts with their own systemd, containerd and network, and ways to break them. */
@NullMarked
package io.nodejoin.testbed.host;

import org.jspecify.annotations.NullMarked;

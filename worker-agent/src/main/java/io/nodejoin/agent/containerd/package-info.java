/** The configuration of containerd, as files of its several versions say it. */
@NullMarked
package io.nodejoin.agent.containerd;

import org.jspecify.annotations.NullMarked;

/** The kubelet's configuration, credentials and unit. */
@NullMarked
package io.nodejoin.agent.kubelet;

import org.jspecify.annotations.NullMarked;

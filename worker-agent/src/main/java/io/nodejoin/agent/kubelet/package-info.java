/** What the kubelet is given: its configuration, credentials and unit. */
@NullMarked
package io.nodejoin.agent.kubelet;

import org.jspecify.annotations.NullMarked;

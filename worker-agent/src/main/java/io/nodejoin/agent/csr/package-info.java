/** Requests the kubelet's client certificate with a bootstrap token, in place of the kubelet. */
@NullMarked
package io.nodejoin.agent.csr;

import org.jspecify.annotations.NullMarked;

/** Bootstrap tokens, the detached JWS of cluster-info and CA pins, byte for byte as Kubernetes defines them. */
@NullMarked
package io.nodejoin.protocol.discovery;

import org.jspecify.annotations.NullMarked;

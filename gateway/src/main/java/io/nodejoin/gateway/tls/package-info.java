/** Certificates and keys in PEM files. */
@NullMarked
package io.nodejoin.gateway.tls;

import org.jspecify.annotations.NullMarked;

/** Certificates and private keys in PEM files (RFC 7468). */
@NullMarked
package io.nodejoin.activities.pem;

import org.jspecify.annotations.NullMarked;

/** CAs and their certificates, as PEM files. */
@NullMarked
package io.nodejoin.testbed.pki;

import org.jspecify.annotations.NullMarked;

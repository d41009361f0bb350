/** Certificate authorities and what they issue, as PEM files. */
@NullMarked
package io.nodejoin.testbed.pki;

import org.jspecify.annotations.NullMarked;

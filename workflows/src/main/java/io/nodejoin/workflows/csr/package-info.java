/** What the join asks of certificate signing requests. */
@NullMarked
package io.nodejoin.workflows.csr;

import org.jspecify.annotations.NullMarked;

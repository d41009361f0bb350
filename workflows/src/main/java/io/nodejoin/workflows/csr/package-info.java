/** Activity interfaces of CSRs. */
@NullMarked
package io.nodejoin.workflows.csr;

import org.jspecify.annotations.NullMarked;

/** What the join asks of certificate signing requests. */
@NullMarked
package io.nodejoin.workflows.certificate;

import org.jspecify.annotations.NullMarked;

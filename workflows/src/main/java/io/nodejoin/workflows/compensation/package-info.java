/** The compensations that steps register, and their execution. */
@NullMarked
package io.nodejoin.workflows.compensation;

import org.jspecify.annotations.NullMarked;

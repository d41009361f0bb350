/** Failure types, which decide retries, and their encoding in Temporal failures. */
@NullMarked
package io.nodejoin.workflows.failure;

import org.jspecify.annotations.NullMarked;

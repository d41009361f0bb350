/** The one place that decides retry: failure types, and how they travel. */
@NullMarked
package io.nodejoin.workflows.failure;

import org.jspecify.annotations.NullMarked;

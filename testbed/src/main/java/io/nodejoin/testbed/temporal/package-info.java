/** A real Temporal server with durable state. */
@NullMarked
package io.nodejoin.testbed.temporal;

import org.jspecify.annotations.NullMarked;

/** The durable joins and leaves of nodes, and how a worker registers them. */
@NullMarked
package io.nodejoin.workflows;

import org.jspecify.annotations.NullMarked;
